namespace Multiproc.Managers;

/// <summary>Runs work in the order of its coming, or all at once; never inside the handler that adds it.</summary>
internal sealed class CallQueue(CallOrder order)
{
    private readonly Lock _gate = new();
    private readonly Queue<Func<Task>> _waiting = [];
    private bool _running;

    public void Add(Func<Task> work)
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
                _waiting.Enqueue(work);
                return;
            }

            _running = true;
        }

        ServingThread.Run(() => Drain(work));
    }

    private async Task Drain(Func<Task> next)
    {
        while (true)
        {
            var done = next();
            if (order == CallOrder.OneByOne && !done.IsCompleted)
            {
                await done.ConfigureAwait(false);
            }

            lock (_gate)
            {
                if (!_waiting.TryDequeue(out next!))
                {
                    _running = false;
                    return;
                }
            }

            if (ServingThread.RunsCall)
            {
                // That thread tells the end of one call before it begins another.
                var rest = next;
                _ = Task.Run(() => Drain(rest));
                return;
            }
        }
    }
}
