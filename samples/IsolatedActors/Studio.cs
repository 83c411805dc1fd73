using System.Diagnostics;
using Akka.Actor;
using Multiproc;

namespace IsolatedActors;

/// <summary>Gives images to the scalers for a while, then checks that each one became the thumbnail that it should.</summary>
internal static class Studio
{
    /// <summary>How many images wait at most: enough to keep the scalers busy.</summary>
    private const int MostWaiting = 64;

    /// <returns>The exit code: 1 if a thumbnail is missing or wrong.</returns>
    public static int Run(TimeSpan duration, int workers, double crash)
    {
        using var images = Mp.JoinableQueue<Image>(MostWaiting);
        using var finished = Mp.Queue<Thumbnail>();
        int crashes = 0;
        var supervisors = Enumerable.Range(0, workers).Select(i => Mp.ActorSystem.ActorOf(
            Props.CreateBy(new Maker(() => new Supervisor(images, finished, crash, () => Interlocked.Increment(ref crashes)))), $"supervisor-{i}")).ToList();

        var expected = new Dictionary<int, int>();
        var found = new Dictionary<int, int>();
        int repeated = 0;
        var random = new Random(1);
        long begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < duration)
        {
            var image = Image.Make(expected.Count, random);
            expected.Add(image.Number, NativeScaler.ChecksumOfThumbnail(image, crash: false));
            images.Put(image);
            repeated += Collect(finished, found);
        }

        // An image leaves the queue for good when it was acknowledged.
        images.Join();
        var time = Stopwatch.GetElapsedTime(begun);
        supervisors.ForEach(static supervisor => supervisor.GracefulStop(TimeSpan.FromSeconds(30)).Wait());
        repeated += Collect(finished, found);

        int missing = expected.Keys.Count(number => !found.ContainsKey(number));
        int wrong = found.Count(each => expected[each.Key] != each.Value);
        double rate = found.Count / time.TotalSeconds;
        Console.WriteLine($"{found.Count} thumbnails in {time.TotalSeconds:0.0} s ({rate:0} per s), {crashes} crashed processes, {repeated} made twice");
        Console.WriteLine($"{missing} missing, {wrong} wrong");
        return missing + wrong == 0 ? 0 : 1;
    }

    /// <returns>How many thumbnails were there already: made, but not acknowledged before a crash.</returns>
    private static int Collect(SharedQueue<Thumbnail> finished, Dictionary<int, int> found)
    {
        int repeated = 0;
        while (finished.TryGet(out var thumbnail))
        {
            repeated += found.TryAdd(thumbnail!.Number, thumbnail.Checksum) ? 0 : 1;
        }

        return repeated;
    }

    /// <summary>Makes an actor of this process by a function, which need not be sent.</summary>
    private sealed class Maker(Func<ActorBase> make) : IIndirectActorProducer
    {
        public Type ActorType => typeof(Supervisor);

        public ActorBase Produce() => make();

        public void Release(ActorBase actor)
        {
        }
    }
}
