namespace Multiproc.Tests.Pool;

/// <summary>Many workers, many callers. Numbers in comments are those of the conformance list.</summary>
public sealed class ManyWorkersTests
{
    private const int Workers = 200;

    [Fact]
    public void TwoHundredWorkers_AllTakeTasks()
    {
        // PL-45, on threads; as processes below
        using var pool = Mp.GetContext(StartMethod.InProcess).Pool(Workers);
        using var meeting = Mp.Barrier(Workers);
        BeginMeeting(pool, meeting, Workers).Get(Bounded.Time).Order().ShouldBe(Enumerable.Range(0, Workers));
        pool.Close();
        pool.Join(Bounded.Time).ShouldBeTrue();
    }

    [Fact]
    public void ManyWorkerProcesses_AllTakeTasks()
    {
        // PL-45. As many as Python's test has, with MULTIPROC_WORKERS=200, take gigabytes and a minute of small machines
        int workers = int.Parse(Environment.GetEnvironmentVariable("MULTIPROC_WORKERS") ?? "12", null);
        using var pool = Mp.Pool(workers);
        using var meeting = Mp.Barrier(workers);
        BeginMeeting(pool, meeting, workers).Get(Bounded.Time + TimeSpan.FromSeconds(workers)).Distinct().Count().ShouldBe(workers);
    }

    [Fact]
    public void ManyThreads_UseOnePoolAtOnce()
    {
        using var pool = Mp.Pool(2);
        var sums = new int[16];
        var threads = Enumerable.Range(0, sums.Length).Select(i => new Thread(() => sums[i] = Sum(pool, i))).ToList();
        threads.ForEach(static thread => thread.Start());
        threads.ForEach(static thread => thread.Join(Bounded.Time).ShouldBeTrue("all threads get their results"));
        sums.ShouldBe(Enumerable.Range(0, sums.Length).Select(static i => 4950 + (100 * i) + i));
    }

    /// <summary>Tasks that wait for each other: each has a worker of its own.</summary>
    private static AsyncResult<int[]> BeginMeeting(ProcessPool pool, SharedBarrier meeting, int workers) =>
        pool.MapAsync(_ => meeting.Wait(), Enumerable.Range(0, workers), chunkSize: 1);

    private static int Sum(ProcessPool pool, int number) => pool.Map(x => x + number, Enumerable.Range(0, 100)).Sum() + pool.Apply(static x => x, number);
}
