using System.Collections.Concurrent;
using Multiproc.Nodes;
using Multiproc.Processes.Linux;
using Multiproc.Transport;

namespace Multiproc.Python.Server;

/// <summary>
/// The Python processes that use this manager, each with a guest's number in its node. When one ends, in any way, its proxies are not counted any more, and
/// what it held in objects comes back.
/// </summary>
internal sealed class ClientProcesses(Idents idents)
{
    private readonly ConcurrentDictionary<int, ClientProcess> _known = [];

    public IEnumerable<int> Pids => _known.Keys;

    /// <summary>Finds a process, and watches it from now on.</summary>
    /// <returns>Null when it has ended, or cannot be watched.</returns>
    public ClientProcess? Of(int pid)
    {
        if (_known.TryGetValue(pid, out var known))
        {
            return known;
        }

        int descriptor = LibC.OpenProcessDescriptor(pid);
        if (descriptor < 0)
        {
            return null;
        }

        var added = new ClientProcess(pid, Node.Current.Peers.AdmitGuest(pid));
        if (!_known.TryAdd(pid, added))
        {
            LibC.close(descriptor);
            Node.Current.Peers.Guests!.Dismiss(added.Guest);
            return _known.GetValueOrDefault(pid);
        }

        LifeMonitor.Current.Watch(descriptor, () =>
        {
            LifeMonitor.Current.Forget(descriptor, () => LibC.close(descriptor));
            _known.TryRemove(pid, out _);
            _ = EndedAsync(added);
        });
        return added;
    }

    private async Task EndedAsync(ClientProcess process)
    {
        await process.Settled().ConfigureAwait(false);
        Node.Current.Peers.Guests!.Dismiss(process.Guest);
        idents.Forget(process.Pid);
    }
}

/// <summary>A Python process, and the channels of its threads.</summary>
internal sealed class ClientProcess(int pid, int guest)
{
    private readonly ConcurrentDictionary<Channel, byte> _channels = [];

    public int Pid => pid;

    public int Guest => guest;

    public void Add(Channel channel) => _channels.TryAdd(channel, default);

    public void Remove(Channel channel) => _channels.TryRemove(channel, out _);

    /// <summary>Completes when it is known of each item that was sent whether it was read.</summary>
    public Task Settled() => Task.WhenAll(_channels.Keys.Select(static each => each.Settled()));
}
