using Multiproc.SharedMemory;
using Multiproc.SharedMemory.Linux;
using Multiproc.Transport.Linux;

namespace Multiproc.Transport;

/// <summary>
/// A thread that watches descriptors which signal the death of a process: the sockets of links, the process descriptors of children.
/// Handlers run on it, one at a time, and must be short. Linux only; elsewhere sockets and the runtime report deaths.
/// </summary>
internal sealed unsafe class LifeMonitor
{
    private static readonly Retried<LifeMonitor> s_current = new(() => new LifeMonitor());

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Watched> _handlers = [];
    private readonly List<Action> _releases = [];
    private readonly int _changed;
    private int _version;
    private bool _running;

    private LifeMonitor()
    {
        _changed = SocketCalls.eventfd(0, SocketCalls.CloseOnExec);
        if (_changed < 0)
        {
            throw new MultiprocException($"No event descriptor could be made ({SystemError.Last}).");
        }
    }

    public static LifeMonitor Current => s_current.Value;

    /// <summary>Calls <paramref name="onReadable"/> whenever the descriptor is readable or hung up, until it is no longer watched.</summary>
    public void Watch(int descriptor, Action onReadable) => Watch(descriptor, onReadable, SocketCalls.PollIn);

    /// <summary>Watches for a hang-up only, of a descriptor that others read.</summary>
    public void WatchHangUp(int descriptor, Action onHangUp) => Watch(descriptor, onHangUp, SocketCalls.PollPeerClosed);

    private void Watch(int descriptor, Action handler, short wanted)
    {
        bool start;
        lock (_gate)
        {
            _handlers.Add(descriptor, new Watched(handler, wanted));
            _version++;
            start = !_running;
            _running = true;
        }

        if (start)
        {
            Begin(descriptor);
        }
        else
        {
            Signal();
        }
    }

    private void Begin(int descriptor)
    {
        try
        {
            OwnThread.Start(Run, "multiproc life monitor", 256 * 1024);
        }
        catch
        {
            // The next watch tries again; until then deaths go unnoticed.
            lock (_gate)
            {
                _handlers.Remove(descriptor);
                _running = false;
            }

            throw;
        }
    }

    /// <summary>Stops watching. The handler may be running on the monitor's thread, but is not called again.</summary>
    public void Forget(int descriptor) => Forget(descriptor, null);

    /// <summary>
    /// Stops watching, then closes the descriptor on the monitor's thread, where no handler runs at that moment: a running one could otherwise read from
    /// another descriptor that had got the same number meanwhile.
    /// </summary>
    public void Forget(int descriptor, Action? close)
    {
        lock (_gate)
        {
            if (_handlers.Remove(descriptor))
            {
                _version++;
            }

            if (close is not null && _running)
            {
                _releases.Add(close);
                close = null;
            }
        }

        close?.Invoke();
        Signal();
    }

    private void Signal()
    {
        long one = 1;
        SocketCalls.write(_changed, (byte*)&one, sizeof(long));
    }

    private void Run()
    {
        var entries = new SocketCalls.PollEntry[1];
        int version = -1;
        var releases = new List<Action>();
        while (true)
        {
            lock (_gate)
            {
                releases.AddRange(_releases);
                _releases.Clear();
                if (version != _version)
                {
                    version = _version;
                    entries = new SocketCalls.PollEntry[_handlers.Count + 1];
                    entries[0] = new SocketCalls.PollEntry { Descriptor = _changed, Wanted = SocketCalls.PollIn };
                    int next = 1;
                    foreach (var (descriptor, watch) in _handlers)
                    {
                        entries[next++] = new SocketCalls.PollEntry { Descriptor = descriptor, Wanted = watch.Wanted };
                    }
                }
            }

            releases.ForEach(static release => release());
            releases.Clear();
            if (!Polling.Wait(entries))
            {
                continue;
            }

            Serve(entries);
        }
    }

    private void Serve(SocketCalls.PollEntry[] entries)
    {
        if (entries[0].Seen != 0)
        {
            long count;
            SocketCalls.read(_changed, (byte*)&count, sizeof(long));
        }

        for (int i = 1; i < entries.Length; i++)
        {
            if (entries[i].Seen == 0)
            {
                continue;
            }

            Action? handler;
            lock (_gate)
            {
                // No longer watched: its number may be another descriptor's by now.
                handler = _handlers.TryGetValue(entries[i].Descriptor, out var watch) ? watch.Handler : null;
            }

            handler?.Invoke();
        }
    }

    /// <summary>The events that are watched and their handler. A class, since a dictionary of structs would have to be compiled at each start.</summary>
    private sealed record Watched(Action Handler, short Wanted);
}
