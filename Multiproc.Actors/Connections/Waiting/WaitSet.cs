using Multiproc.Transport;
using Multiproc.Transport.Linux;

namespace Multiproc.Connections;

/// <summary>The objects of one wait.</summary>
internal sealed class WaitSet : IDisposable
{
    private readonly List<WaitItem> _items = [];
    private readonly SocketCalls.PollEntry[] _entries;

    public WaitSet(IEnumerable<object> objects, WaitTimeout timeout)
    {
        ArgumentNullException.ThrowIfNull(objects);
        Endpoint.RequireSupport();
        try
        {
            foreach (object each in objects)
            {
                _items.Add(WaitItem.Of(each));
            }
        }
        catch
        {
            Dispose();
            throw;
        }

        if (_items.Count == 0 && timeout.IsInfinite)
        {
            throw new ArgumentException("There is nothing to wait for, and no timeout: this would never end.", nameof(objects));
        }

        _entries = new SocketCalls.PollEntry[_items.Count + 1];
    }

    public IReadOnlyList<object> Wait(Deadline deadline, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var sleeper = Sleeper.Current;
        if (ReadyNow(sleeper) is { Count: > 0 } atOnce)
        {
            return atOnce;
        }

        Arm(sleeper);
        using var registration = cancellation.UnsafeRegister(static sleeper => ((IWakeable)sleeper!).Wake(), sleeper);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Ready(sleeper, deadline) is { Count: > 0 } ready)
            {
                return ready;
            }

            if (deadline.HasPassed)
            {
                return [];
            }
        }
    }

    public async ValueTask<IReadOnlyList<object>> WaitAsync(Deadline deadline, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (ReadyNow(Sleeper.Current) is { Count: > 0 } atOnce)
        {
            return atOnce;
        }

        var pulse = new Pulse();
        Arm(pulse);
        while (true)
        {
            pulse.Reset();
            if (ReadyNow(Sleeper.Current) is { Count: > 0 } ready)
            {
                return ready;
            }

            if (deadline.HasPassed)
            {
                return [];
            }

            await SleepAsync(pulse, deadline, cancellation).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        foreach (var item in _items)
        {
            item.Dispose();
        }
    }

    private async ValueTask SleepAsync(Pulse pulse, Deadline deadline, CancellationToken cancellation)
    {
        var watches = _items.Where(item => item.Descriptor >= 0).Select(item => Readiness.Current.Begin(item.Descriptor, SocketCalls.PollIn, pulse)).ToArray();
        try
        {
            await pulse.WaitAsync(Earlier(deadline), cancellation).ConfigureAwait(false);
        }
        finally
        {
            foreach (var watch in watches)
            {
                watch.Dispose();
            }
        }
    }

    private IReadOnlyList<object> ReadyNow(Sleeper sleeper) => Ready(sleeper, Deadline.Passed);

    private void Arm(IWakeable waiter)
    {
        foreach (var item in _items)
        {
            item.Arm(waiter);
        }
    }

    private List<object> Ready(Sleeper sleeper, Deadline deadline)
    {
        bool isReady = false;
        for (int i = 0; i < _items.Count; i++)
        {
            // The kernel ignores entries with a negative descriptor.
            _entries[i + 1] = new SocketCalls.PollEntry { Descriptor = _items[i].Descriptor, Wanted = SocketCalls.PollIn };
            _items[i].BeforeLook();
            isReady |= _items[i].KnowsBetter && _items[i].IsReady;
        }

        sleeper.Poll(_entries, isReady ? Deadline.Passed : Earlier(deadline));
        var ready = new List<object>();
        for (int i = 0; i < _items.Count; i++)
        {
            var item = _items[i];
            item.ThrowIfClosed();
            if (item.KnowsBetter ? item.IsReady : _entries[i + 1].Seen != 0)
            {
                ready.Add(item.Given);
            }
            else if (_entries[i + 1].Seen != 0)
            {
                item.AfterWake();
            }
        }

        return ready;
    }

    private Deadline Earlier(Deadline deadline) => _items.Min(static item => item.CheckAgain) is { } look ? deadline.OrIn(look) : deadline;
}
