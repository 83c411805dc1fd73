using Multiproc.Tests.Processes;

namespace Multiproc.Tests.Pool;

/// <summary>Workers of every start method do the same.</summary>
[Collection(nameof(GlobalSettings))]
public sealed class StartMethodTests
{
    [Theory]
    [InlineData(StartMethod.Spawn)]
    [InlineData(StartMethod.ForkServer)]
    [InlineData(StartMethod.InProcess)]
    public void Pool_OfAnyStartMethod_RunsTasksAndLeaves(StartMethod method)
    {
        // PL-44; PL-22: the same type from a thread as from a process, and never a wrapper
        using var pool = Mp.GetContext(method).Pool(2, initializer: static () => { });
        pool.MapWithin(static x => x * x, Enumerable.Range(0, 100), chunkSize: 3).ShouldBe(Enumerable.Range(0, 100).Select(static x => x * x));
        Bounded.Run("Apply", () => pool.Apply(static (a, b) => a + b, 1, 2)).ShouldBe(3);
        pool.MapFailure(static int (int x) => throw new FormatException(), [1]).ShouldBeOfType<FormatException>();
        pool.Close();
        pool.Join(Bounded.Time).ShouldBeTrue();
    }

    [Theory]
    [InlineData(StartMethod.Spawn)]
    [InlineData(StartMethod.ForkServer)]
    [InlineData(StartMethod.InProcess)]
    public void Terminate_OfAnyStartMethod_EndsTheWorkersThatHeedTheirToken(StartMethod method)
    {
        using var began = Mp.Semaphore(0);
        var pool = Mp.GetContext(method).Pool(1);
        var running = UntilCancelled(pool, began);
        began.Acquire(Bounded.Time).ShouldBeTrue();
        Bounded.Run("Dispose", pool.Dispose);
        pool.Join(TimeSpan.Zero).ShouldBeTrue();
        Should.Throw<InvalidOperationException>(() => running.Get(Bounded.Time));
    }

    private static AsyncResult<bool> UntilCancelled(ProcessPool pool, SharedSemaphore began) => pool.ApplyAsync(token =>
    {
        began.Release();
        return token.WaitHandle.WaitOne();
    });
}
