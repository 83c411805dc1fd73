using System.Collections.Concurrent;
using Akka.Actor;
using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Transport;

namespace Multiproc.Actors.Remote;

/// <summary>
/// The connection of this process's actors to those of another process. It connects when the first message is sent, and keeps messages in order meanwhile. When
/// the process has ended, messages become dead letters and watchers are told.
/// </summary>
internal sealed partial class Association
{
    /// <summary>The most bytes that wait for a connection; what comes after them is dropped, as to a dead process.</summary>
    private const long MostWaiting = 64L * 1024 * 1024;

    /// <summary>A broken connection to another machine is not tried again before this time has passed.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly LinkRemoting _remoting;
    private readonly NodeAddress _node;
    private readonly InboundQueue _inbound;
    private readonly ConcurrentDictionary<Address, byte> _addresses = new();
    private readonly Dictionary<Peer, ActorLink> _links = [];
    private readonly List<Waiting> _waiting = [];
    private long _waitingBytes;
    private bool _isConnecting;
    private Deadline _notBefore = Deadline.Passed;
    private volatile ActorLink? _open;

    public Association(LinkRemoting remoting, NodeAddress node)
    {
        _remoting = remoting;
        _node = node;
        _inbound = new InboundQueue(Deliver);
        Temporary = new RootActorPath(ProcessAddress.Of(node)) / "temp";
    }

    /// <summary>The process.</summary>
    public NodeAddress Node => _node;

    /// <summary>Where the process has the actors that wait for the answer to an Ask.</summary>
    public ActorPath Temporary { get; }

    /// <summary>Notes an address under which the process is known: its death is told by the addresses that references have.</summary>
    public void Know(Address address) => _addresses.TryAdd(address, 0);

    public void OnMessage(Peer peer, byte[] message) => _inbound.Enqueue(LinkOf(peer), message);

    public void OnClosed(Peer peer)
    {
        ActorLink? link;
        lock (_gate)
        {
            if (!_links.Remove(peer, out link))
            {
                return;
            }

            if (ReferenceEquals(_open, link))
            {
                _open = _links.Values.FirstOrDefault();
            }
        }

        _inbound.Enqueue(link, null);
    }

    public override string ToString() => _node.ToString();
}
