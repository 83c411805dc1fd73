// Python's multiprocessing has none: programs lock a file with fcntl.flock and hope that it is removed by nobody.
using Multiproc;

namespace Tour.Synchronization;

[Part(9, "One leader among processes, and the next one when it dies")]
internal static class Elections
{
    public static void Run()
    {
        var folder = Directory.CreateTempSubdirectory("tour-");
        var here = new ElectionOptions { Folder = folder.FullName, CheckInterval = TimeSpan.FromMilliseconds(5) };
        using var fences = Mp.Queue<long>();
        using var leader = Mp.Process(Lead, here.Folder, fences, daemon: true);
        leader.Start();
        long fence = fences.Get();

        using var candidate = Mp.Elect("the report", here);
        Console.WriteLine($"a child leads; here as well: {candidate.Wait(TimeSpan.FromMilliseconds(50))}");
        leader.Kill();
        Console.WriteLine($"the child is dead; now here: {candidate.Wait()}, with a higher fence: {candidate.Fence > fence}");
        Console.WriteLine($"the term has ended: {candidate.Lost.IsCancellationRequested}");
        candidate.Dispose();
        Console.WriteLine($"after resigning: {candidate.Lost.IsCancellationRequested}");
        folder.Delete(recursive: true);
    }

    private static void Lead(string folder, SharedQueue<long> fences)
    {
        var leadership = Mp.Elect("the report", new ElectionOptions { Folder = folder });
        leadership.Wait();
        fences.Put(leadership.Fence);
        Thread.CurrentThread.Join(); // For as long as it lives.
    }
}
