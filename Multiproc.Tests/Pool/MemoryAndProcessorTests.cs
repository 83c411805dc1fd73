using Multiproc.Pool;
using Multiproc.TestKit;

namespace Multiproc.Tests.Pool;

/// <summary>What a worker may use, and what is known of its memory when it dies.</summary>
public sealed class MemoryAndProcessorTests
{
    private const long Limit = 300L << 20;

    [Fact]
    public void HardMaxMemoryPerWorker_Exceeded_KillsTheWorkerInItsTaskAndNamesTheReason()
    {
        using var pool = Mp.Pool(2, new PoolOptions { HardMaxMemoryPerWorker = Limit });
        var failure = pool.MapFailure(static x => x == 3 ? Eat() : x, Enumerable.Range(0, 8), chunkSize: 1).ShouldBeOfType<WorkerDiedException>();
        failure.TaskIndex.ShouldBe(3);
        failure.ExitCode.ShouldBe(-9);
        failure.OutOfMemory.ShouldBeTrue();
        failure.Memory.ShouldNotBeNull().ShouldBeGreaterThan(Limit);
        failure.Message.ShouldContain("for exceeding its limit of 300 MiB");
        pool.MapWithin(static x => x, [1, 2]).ShouldBe([1, 2]);
    }

    [Fact]
    public void HardMaxMemoryPerWorker_OfAnIdempotentCall_IsGivenUpAtLast()
    {
        var deaths = new System.Collections.Concurrent.ConcurrentQueue<WorkerDeath>();
        using var pool = Mp.Pool(1, new PoolOptions { HardMaxMemoryPerWorker = Limit, Retries = 1, OnWorkerDeath = deaths.Enqueue });
        var failure = Bounded.Throws<WorkerDiedException>("Apply", () => pool.Apply(Eat, new TaskOptions { Idempotent = true }));
        failure.Deaths.ShouldBe(2);
        Await.Until("both deaths are told", () => deaths.Count == 2);
        deaths.ShouldAllBe(static death => death.OutOfMemory && death.Memory > Limit);
    }

    [Fact]
    public void KilledFromOutside_IsNotOutOfMemory()
    {
        using var pool = Mp.Pool(1);
        var failure = pool.MapFailure(KillSelf, [1]).ShouldBeOfType<WorkerDiedException>();
        failure.OutOfMemory.ShouldBeFalse();
        failure.Memory.ShouldBeNull();
        failure.Signal.ShouldBe(9);
    }

    [Theory]
    [InlineData(-6, 0, null, false, "Out of memory.\n   at Program", true, "It ran out of memory.")]
    [InlineData(-9, 5 << 20, null, true, "", true, "It used 5 MiB of memory at the last check. It ran out of memory: the system killed a process")]
    [InlineData(-9, 5 << 20, 4 << 20, false, "", true, "for exceeding its limit of 4 MiB")]
    [InlineData(-9, 0, null, false, "", false, "killed neither by this pool")]
    [InlineData(7, 0, null, false, "some words", false, "")]
    public void MemoryAtDeath_Known_IsNamed(int exitCode, int lastSeen, int? limit, bool bySystem, string stderr, bool ranOut, string sentence)
    {
        var memory = MemoryAtDeath.Of(exitCode, lastSeen, limit, bySystem, stderr);
        memory.RanOut.ShouldBe(ranOut);
        memory.Sentence.ShouldContain(sentence);
        memory.Bytes.ShouldBe(lastSeen > 0 ? lastSeen : null);
    }

    [Fact]
    public void WorkerAffinity_OneSetForTwoWorkers_IsWhereBothRun()
    {
        int processor = LastUsable();
        using var pool = Mp.Pool(2, new PoolOptions { WorkerAffinity = [[processor]] });
        pool.MapWithin(static _ => Allowed(), Enumerable.Range(0, 6), chunkSize: 1).ShouldAllBe(allowed => allowed == $"{processor}");
    }

    [Fact]
    public void WorkerAffinity_SetsAreSharedOutAndAReplacementGetsThatOfTheDead()
    {
        int processor = LastUsable();
        string all = Allowed();
        using var pool = Mp.Pool(2, new PoolOptions { WorkerAffinity = [[processor], [.. Usable()]] });
        Await.Until("each set has its worker", () => Sets(pool).SequenceEqual(new[] { $"{processor}", all }.Order()));
        var pinned = pool.WorkerPids.First(pid => AllowedOf(pid) == $"{processor}");
        using (var process = System.Diagnostics.Process.GetProcessById(pinned))
        {
            process.Kill();
        }

        Await.Until(
            "another worker has taken the place",
            () => !pool.WorkerPids.Contains(pinned) && pool.WorkerPids.Count == 2 && Sets(pool).SequenceEqual(new[] { $"{processor}", all }.Order()));
    }

    [Fact]
    public void Options_OutOfRange_AreRefused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Mp.Pool(1, new PoolOptions { HardMaxMemoryPerWorker = -1 }));
        Should.Throw<ArgumentOutOfRangeException>(() => Mp.Pool(1, new PoolOptions { WorkerAffinity = [] }));
        Should.Throw<ArgumentOutOfRangeException>(() => Mp.Pool(1, new PoolOptions { WorkerAffinity = [[0], []] }));
        Should.Throw<ArgumentOutOfRangeException>(() => Mp.Pool(1, new PoolOptions { WorkerAffinity = [[-1]] }));
    }

    private static List<string> Sets(ProcessPool pool) => [.. pool.WorkerPids.Select(AllowedOf).Order()];

    private static string Allowed() => AllowedOf(Environment.ProcessId);

    /// <summary>As the kernel writes it, for example "0-3".</summary>
    private static string AllowedOf(int pid)
    {
        try
        {
            const string Name = "Cpus_allowed_list:";
            return File.ReadLines($"/proc/{pid}/status").First(static line => line.StartsWith(Name, StringComparison.Ordinal))[Name.Length..].Trim();
        }
        catch (IOException)
        {
            return "(gone)";
        }
    }

    private static List<int> Usable() => [.. Allowed().Split(',').Select(static part => part.Split('-')).SelectMany(
        static ends => Enumerable.Range(int.Parse(ends[0]), int.Parse(ends[^1]) - int.Parse(ends[0]) + 1))];

    private static int LastUsable() => Usable()[^1];

    private static int Eat()
    {
        var eaten = new List<byte[]>();
        while (true)
        {
            byte[] more = GC.AllocateUninitializedArray<byte>(8 << 20);
            System.Array.Fill(more, (byte)1);
            eaten.Add(more);
            if (eaten.Count > 60)
            {
                // Half a gigabyte: more than the test needs, and no more than a machine can bear.
                Thread.CurrentThread.Join();
            }
        }
    }

    private static int KillSelf(int task)
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        process.Kill();
        Thread.CurrentThread.Join();
        return task;
    }
}
