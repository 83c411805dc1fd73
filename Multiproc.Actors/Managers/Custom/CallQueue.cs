namespace Multiproc.Managers;

/// <summary>Runs work on threads of the pool: one piece at a time in the order of its coming, or all at once.</summary>
internal sealed class CallQueue(bool concurrent)
{
    private readonly Lock _gate = new();
    private readonly Queue<Func<Task>> _waiting = [];
    private bool _running;

    public void Add(Func<Task> work)
    {
        if (concurrent)
        {
            _ = Task.Run(work);
            return;
        }

        lock (_gate)
        {
            _waiting.Enqueue(work);
            if (_running)
            {
                return;
            }

            _running = true;
        }

        _ = Task.Run(Drain);
    }

    private async Task Drain()
    {
        while (true)
        {
            Func<Task> next;
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out next!))
                {
                    _running = false;
                    return;
                }
            }

            await next().ConfigureAwait(false);
        }
    }
}
