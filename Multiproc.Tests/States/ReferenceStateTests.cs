using Multiproc.Managers;
using Multiproc.States;

namespace Multiproc.Tests.States;

/// <summary>Which objects of a manager live, as conversations with its book-keeping. A lease here is 10 ticks.</summary>
public sealed class ReferenceStateTests
{
    private readonly ReferenceState _references = new(TimeSpan.FromTicks(10));
    private readonly Dictionary<long, long[]> _inside = [];

    [Fact]
    public void Object_HeldByAProcess_LivesForEver()
    {
        // PX-09
        _references.Add(1, maker: 7);
        _references.NextSweep.ShouldBe(Instant.Never);
        Sweep(1000).ShouldBeEmpty();
    }

    [Fact]
    public void Object_LetGo_LivesALeaseLonger()
    {
        // PX-09
        _references.Add(1, 7);
        _references.Release(7, 1, At(5));
        _references.NextSweep.ShouldBe(At(15));
        Sweep(14).ShouldBeEmpty();
        Sweep(15).ShouldBe([1]);
        _references.Count.ShouldBe(0);
        _references.NextSweep.ShouldBe(Instant.Never);
    }

    [Fact]
    public void Object_InFlightToAnotherProcess_LivesOn()
    {
        _references.Add(1, 7);
        _references.Release(7, 1, At(5));
        _references.Hold(8, 1);
        Sweep(100).ShouldBeEmpty();
        _references.Release(7, 1, At(100));
        Sweep(200).ShouldBeEmpty();
        _references.Release(8, 1, At(200));
        Sweep(210).ShouldBe([1]);
    }

    [Fact]
    public void Object_WhoseHolderCrashed_CountsAsLetGo()
    {
        _references.Add(1, 7);
        _references.Hold(8, 1);
        _references.Add(2, 7);
        _references.ProcessGone(7, At(5));
        Sweep(15).ShouldBe([2]);
        _references.ProcessGone(8, At(20));
        Sweep(30).ShouldBe([1]);
    }

    [Fact]
    public void Object_InsideALivingOne_Lives()
    {
        // PX-06
        _references.Add(1, 7);
        _references.Add(2, 7);
        _references.Add(3, 7);
        _inside[1] = [2];
        _inside[2] = [3, 3];
        _references.Release(7, 2, At(0));
        _references.Release(7, 3, At(0));
        Sweep(50).ShouldBeEmpty();
        _references.NextSweep.ShouldBe(At(60), "it may be taken out at any time");
        Sweep(500).ShouldBeEmpty();
        _references.Release(7, 1, At(500));
        Sweep(510).ShouldBe([1]);
        Sweep(511).ShouldBeEmpty("what was inside may have been taken out before, and be in flight");
        Sweep(520).ShouldBe([2, 3], ignoreOrder: true);
    }

    [Fact]
    public void Object_TakenOutOfAContainer_IsInFlightForALease()
    {
        // PX-06
        _references.Add(1, 7);
        _references.Add(2, 7);
        _inside[1] = [2];
        _references.Release(7, 2, At(0));
        Sweep(50).ShouldBeEmpty();
        _inside[1] = [];
        Sweep(90).ShouldBeEmpty();
        _references.Hold(8, 2);
        Sweep(200).ShouldBeEmpty();
    }

    [Fact]
    public void Circle_ThatNobodyHolds_IsRemoved()
    {
        // PX-07: a list that contains itself, and two that contain each other
        _references.Add(1, 7);
        _references.Add(2, 7);
        _references.Add(3, 7);
        _inside[1] = [1];
        _inside[2] = [3];
        _inside[3] = [2];
        Sweep(100).ShouldBeEmpty();
        _references.ProcessGone(7, At(100));
        Sweep(110).ShouldBe([1, 2, 3], ignoreOrder: true);
    }

    [Fact]
    public void Hold_DuringASweep_SavesTheObject()
    {
        _references.Add(1, 7);
        _references.Add(2, 7);
        _references.Release(7, 1, At(0));
        _references.BeginSweep(At(50)).ShouldBe([2]);
        _references.IsSurveying.ShouldBeTrue();
        _references.Hold(8, 1);
        _references.Surveyed([]).ShouldBeEmpty();
        _references.IsSurveying.ShouldBeFalse();
        _references.EndSweep().ShouldBeEmpty();
    }

    [Fact]
    public void Release_OrHold_OfWhatIsNotThere_ChangesNothing()
    {
        _references.Hold(1, 99);
        _references.Release(1, 99, At(0));
        _references.Add(1, 7);
        _references.Release(8, 1, At(0));
        _references.Surveyed([99]).ShouldBeEmpty();
        Sweep(100).ShouldBeEmpty();
        _references.Count.ShouldBe(1);
    }

    /// <summary>Random lives of a handful of objects: what somebody can reach is never removed, what nobody can reach is in the end.</summary>
    [Fact]
    public void Sweep_RandomHistories_RemovesExactlyWhatNobodyCanReach()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var references = new ReferenceState(TimeSpan.FromTicks(10));
            var inside = new Dictionary<long, HashSet<long>>();
            var holds = new HashSet<(int Process, long Id)>();
            long now = 0;
            long last = 0;
            for (int move = 0; move < 120; move++)
            {
                now += random.Next(4);
                var reachable = Reachable(holds, inside);
                switch (random.Next(6))
                {
                    case 0:
                        int maker = random.Next(1, 4);
                        references.Add(++last, maker);
                        holds.Add((maker, last));
                        inside[last] = [];
                        break;
                    case 1 when reachable.Count > 0:
                        // Only what can be reached can be put anywhere, or be received by another process.
                        inside[reachable[random.Next(reachable.Count)]].Add(reachable[random.Next(reachable.Count)]);
                        break;
                    case 2 when reachable.Count > 0:
                        var received = (random.Next(1, 4), reachable[random.Next(reachable.Count)]);
                        holds.Add(received);
                        references.Hold(received.Item1, received.Item2);
                        break;
                    case 3 when holds.Count > 0:
                        var released = holds.ElementAt(random.Next(holds.Count));
                        holds.Remove(released);
                        references.Release(released.Process, released.Id, At(now));
                        break;
                    case 4 when random.Next(4) == 0:
                        int dead = random.Next(1, 4);
                        holds.RemoveWhere(hold => hold.Process == dead);
                        references.ProcessGone(dead, At(now));
                        break;
                    case 5:
                        foreach (long lost in Sweep(references, inside, now))
                        {
                            Reachable(holds, inside).ShouldNotContain(lost, $"seed {seed}, move {move}");
                        }

                        break;
                }
            }

            for (int i = 0; i < 20; i++)
            {
                Sweep(references, inside, now += 11);
            }

            references.Snapshot.Select(static entry => entry.Id).ShouldBe(Reachable(holds, inside), ignoreOrder: true, $"seed {seed}");
        }
    }

    private static List<long> Reachable(HashSet<(int Process, long Id)> holds, Dictionary<long, HashSet<long>> inside)
    {
        var found = new HashSet<long>(holds.Select(static hold => hold.Id));
        var next = new Queue<long>(found);
        while (next.TryDequeue(out long id))
        {
            inside[id].Where(found.Add).ToList().ForEach(next.Enqueue);
        }

        return [.. found.Order()];
    }

    private static IReadOnlyList<long> Sweep(ReferenceState references, Dictionary<long, HashSet<long>> inside, long now)
    {
        var next = new Queue<long>(references.BeginSweep(At(now)));
        while (next.TryDequeue(out long id))
        {
            references.Surveyed([.. inside.GetValueOrDefault(id, [])]).ToList().ForEach(next.Enqueue);
        }

        references.IsSurveying.ShouldBeFalse();
        return references.EndSweep();
    }

    private static Instant At(long ticks) => new(ticks);

    private IReadOnlyList<long> Sweep(long now) =>
        Sweep(_references, _inside.ToDictionary(static pair => pair.Key, static pair => pair.Value.ToHashSet()), now);
}
