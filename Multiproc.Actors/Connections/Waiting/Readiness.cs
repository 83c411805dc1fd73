using Multiproc.SharedMemory;
using Multiproc.Transport.Linux;

namespace Multiproc.Connections;

/// <summary>A thread that watches descriptors for all asynchronous waits of the process; started by the first of them.</summary>
internal sealed class Readiness
{
    private static readonly Retried<Readiness> s_current = new(() => new Readiness());

    private readonly Lock _gate = new();
    private readonly List<Watch> _watches = [];
    private readonly SafeDescriptor _changed = Sleeper.NewEvent();

    private Readiness() =>
        OwnThread.Start(Run, "multiproc connections", 256 * 1024);

    public static Readiness Current => s_current.Value;

    /// <summary>Wakes <paramref name="sleeper"/> once, when the descriptor is ready. The descriptor must stay open until the watch is disposed.</summary>
    public Watch Begin(int descriptor, short wanted, IWakeable sleeper)
    {
        var watch = new Watch(this, descriptor, wanted, sleeper);
        lock (_gate)
        {
            _watches.Add(watch);
        }

        Sleeper.Raise(_changed);
        return watch;
    }

    private void End(Watch watch)
    {
        bool removed;
        lock (_gate)
        {
            removed = _watches.Remove(watch);
        }

        if (removed)
        {
            Sleeper.Raise(_changed);
        }
    }

    private void Run()
    {
        while (true)
        {
            Watch[] watches;
            lock (_gate)
            {
                watches = [.. _watches];
            }

            var entries = new SocketCalls.PollEntry[watches.Length + 1];
            entries[0] = new SocketCalls.PollEntry { Descriptor = _changed.Number, Wanted = SocketCalls.PollIn };
            for (int i = 0; i < watches.Length; i++)
            {
                entries[i + 1] = new SocketCalls.PollEntry { Descriptor = watches[i].Descriptor, Wanted = watches[i].Wanted };
            }

            if (!Polling.Wait(entries))
            {
                continue;
            }

            if (entries[0].Seen != 0)
            {
                Sleeper.Clear(_changed);
            }

            for (int i = 0; i < watches.Length; i++)
            {
                if (entries[i + 1].Seen != 0)
                {
                    lock (_gate)
                    {
                        _watches.Remove(watches[i]);
                    }

                    watches[i].Sleeper.Wake();
                }
            }
        }
    }

    internal sealed class Watch(Readiness owner, int descriptor, short wanted, IWakeable sleeper) : IDisposable
    {
        public int Descriptor => descriptor;

        public short Wanted => wanted;

        public IWakeable Sleeper => sleeper;

        public void Dispose() => owner.End(this);
    }
}
