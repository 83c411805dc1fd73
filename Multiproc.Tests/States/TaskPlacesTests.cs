using Multiproc.Pool;

namespace Multiproc.Tests.States;

public sealed class TaskPlacesTests
{
    [Fact]
    public void Places_RandomHistories_AreThoseOfADictionaryAndAQueue()
    {
        var random = new Random(4715);
        for (int round = 0; round < 200; round++)
        {
            var places = new TaskPlaces();
            var model = new Dictionary<long, int>();
            var ended = new Queue<long>();
            long next = 0;
            for (int step = 0; step < 500; step++)
            {
                switch (random.Next(round % 2 == 0 ? 3 : 4))
                {
                    case 1 when model.Keys.Where(task => !places.HasEnded(model[task])).ToList() is { Count: > 0 } open:
                        long task = open[random.Next(open.Count)];
                        places.End(places.Find(task), inLine: true);
                        ended.Enqueue(task);
                        break;
                    case 2 when ended.TryDequeue(out long first):
                        int taken = places.TakeFirstEnded();
                        taken.ShouldBe(model[first]);
                        places.Remove(taken);
                        model.Remove(first);
                        break;
                    default:
                        int place = places.Add(next);
                        place.ShouldBeInRange(0, places.Capacity - 1);
                        model.Values.ShouldNotContain(place);
                        places.HasEnded(place).ShouldBeFalse();
                        model.Add(next++, place);
                        break;
                }
            }

            for (long task = -1; task <= next; task++)
            {
                places.Find(task).ShouldBe(model.TryGetValue(task, out int place) ? place : -1);
            }

            places.TakeFirstEnded().ShouldBe(ended.TryPeek(out long oldest) ? model[oldest] : -1);
        }
    }

    [Fact]
    public void Places_OneSlowTaskAmongMillions_StayFew()
    {
        var places = new TaskPlaces();
        places.Add(0);
        for (long task = 1; task < 1_000_000; task++)
        {
            places.End(places.Add(task), inLine: true);
            places.Remove(places.TakeFirstEnded());
        }

        places.Capacity.ShouldBe(16);
        places.Find(0).ShouldBe(0);
    }
}
