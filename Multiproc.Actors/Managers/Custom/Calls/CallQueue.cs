using Multiproc.Processes;

namespace Multiproc.Managers;

/// <summary>Runs work in order of arrival or concurrently; never inside the handler that adds it.</summary>
internal sealed class CallQueue(CallOrder order)
{
    private const int MostOnThePool = 4;

    private readonly Lock _gate = new();
    private readonly Queue<(Func<Task> Work, long[] Chain)> _waiting = [];
    private bool _running;

    public void Add(Func<Task> work) => Add(work, []);

    /// <param name="work">The work.</param>
    /// <param name="chain">The calls that wait for the work.</param>
    public void Add(Func<Task> work, long[] chain)
    {
        if (order == CallOrder.AllAtOnce)
        {
            ServingThread.Run(work);
            return;
        }

        lock (_gate)
        {
            if (_running)
            {
                _waiting.Enqueue((work, chain));
                return;
            }

            _running = true;
        }

        if (chain.Length > MostOnThePool)
        {
            // Each of those calls holds a thread, and the thread pool adds threads slowly.
            _ = Task.Factory.StartNew(() => Drain(work), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        else
        {
            ServingThread.Run(() => Drain(work));
        }
    }

    /// <summary>The calls that wait for queued work.</summary>
    public long[] WaitingChains()
    {
        lock (_gate)
        {
            return _waiting.Count == 0 ? [] : [.. _waiting.SelectMany(static each => each.Chain)];
        }
    }

    private async Task Drain(Func<Task> next)
    {
        while (true)
        {
            try
            {
                var done = next();
                if (order == CallOrder.OneByOne && !done.IsCompletedSuccessfully)
                {
                    await done.ConfigureAwait(false);
                }
            }
            catch (Exception failure)
            {
                // A call replies with its own exceptions. Any other exception must not keep the next call from its turn.
                UserCode.Tell("A call of an object of a manager", failure);
            }

            lock (_gate)
            {
                if (!_waiting.TryDequeue(out var waiting))
                {
                    _running = false;
                    return;
                }

                next = waiting.Work;
            }

            if (ServingThread.RunsCall)
            {
                // The serving thread reports the end of one call before it begins another.
                var rest = next;
                _ = Task.Run(() => Drain(rest));
                return;
            }
        }
    }
}
