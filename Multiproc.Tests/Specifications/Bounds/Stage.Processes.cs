using Multiproc.TestKit;

namespace Multiproc.Tests.Specifications.Bounds;

/// <content>Children, pools and their results.</content>
public sealed partial class Stage
{
    private static Subject Child(bool ready)
    {
        var end = Mp.Event();
        var process = Mp.Process(static end => end.Wait(), end);
        process.Start();
        if (ready)
        {
            end.Set();
            process.Join(InChildBound).ShouldBeTrue("the child ends");
        }

        return new Subject(process, "a child") { Owned = [process, end] };
    }

    private static Subject Leaving(bool ready)
    {
        var end = Mp.Event();
        var pool = Mp.Pool(1);
        _ = pool.ApplyAsync(() => end.Wait() ? 1 : 0);
        pool.Close();
        if (ready)
        {
            end.Set();
            pool.Join(InChildBound).ShouldBeTrue("the workers leave");
        }

        return new Subject(pool, "a pool that was closed") { Owned = [pool, end] };
    }

    private Subject LeavingFar(bool ready)
    {
        var end = Mp.Event();
        var pool = _manager.Value.Pool(1);
        _ = pool.ApplyAsync(() => end.Wait() ? 1 : 0);
        pool.Close();
        if (ready)
        {
            end.Set();
            pool.Join(InChildBound).ShouldBeTrue("the workers leave");
        }

        return new Subject(pool, "a pool in a manager that was closed") { Owned = [new Last(end.Set), pool, end] };
    }

    private Subject Result(bool ready)
    {
        var end = Mp.Event();

        // Not captured: the lambdas below capture the result, and all of a method's share one object, which would be sent.
        var result = _pool.Value.ApplyAsync(static end => end.Wait() ? 1 : 0, end);
        if (ready)
        {
            end.Set();
            result.Wait(InChildBound).ShouldBeTrue("the task ends");
        }

        return new Subject(result, "a result") { Owned = [new Last(end.Set), new Last(() => result.Wait(InChildBound)), end] };
    }

    private Subject Results(string name, bool ready)
    {
        var end = Mp.Event();
        var progress = new Counted();
        var results = _pool.Value.Imap(x => end.Wait() ? x : 0, [7], progress: progress);
        if (ready)
        {
            // The first step gives the inputs in.
            Should.Throw<MultiprocTimeoutException>(() => results.Next(TimeSpan.Zero));
            end.Set();
            Await.Until("the result of the Imap is there", () => progress.Done == 1);
        }

        return new Subject(results, "results of an Imap")
        {
            Owned = [new Last(end.Set), results, end],

            // An asynchronous enumeration that was cancelled has ended, and its results with it.
            Untouched = ready && name.StartsWith("Next", StringComparison.Ordinal) ? () => results.Next(InChildBound).ShouldBe(7) : null,
        };
    }

    private void PoolGoesOn() => _pool.Value.Apply(static x => x + 1, 1).ShouldBe(2);

    private sealed class Counted : IProgress<PoolProgress>
    {
        private long _done;

        public long Done => Volatile.Read(ref _done);

        public void Report(PoolProgress value) => Volatile.Write(ref _done, value.Done);
    }

    private sealed class Last(Action action) : IDisposable
    {
        public void Dispose() => action();
    }
}
