using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.SharedMemory;

namespace Multiproc.Actors.Remote;

/// <summary>
/// The service of a link that carries the messages of actors. Until this process has an actor system, it loads nothing of Akka: the first message from another
/// process starts the system, and waits for it here.
/// </summary>
internal sealed class ActorService(Node node)
{
    /// <summary>The most bytes of messages that wait for the start of the actor system.</summary>
    private const long MostParked = 256L * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly List<(Peer Peer, byte[] Message)> _parked = [];
    private long _parkedBytes;
    private bool _isStarting;
    private volatile IActorInbound? _inbound;

    /// <summary>Serves a process that joins. Nothing is allocated for it until its first message.</summary>
    public void Serve(Peer peer)
    {
        peer.Serve(Service.Actors, OnMessage);
        peer.Closed += OnClosed;
    }

    /// <summary>Delivers to the actor system from now on: first what has waited for it.</summary>
    public void Begin(IActorInbound inbound)
    {
        lock (_gate)
        {
            foreach (var (peer, message) in _parked)
            {
                inbound.OnMessage(peer, message);
            }

            foreach (var peer in _parked.Select(static each => each.Peer).Distinct().Where(static peer => peer.IsLost))
            {
                inbound.OnClosed(peer);
            }

            _parked.Clear();
            _inbound = inbound;
        }
    }

    private void OnMessage(Peer peer, ref WireReader message)
    {
        if (peer.Address is null)
        {
            throw new SerializationException("Malformed frame: a message to actors came before the hello.");
        }

        byte[] copy = message.Rest().ToArray();
        if (_inbound is { } inbound)
        {
            inbound.OnMessage(peer, copy);
            return;
        }

        lock (_gate)
        {
            if (_inbound is { } started)
            {
                started.OnMessage(peer, copy);
                return;
            }

            _parkedBytes += copy.Length;
            if (_parkedBytes > MostParked)
            {
                throw new SerializationException($"{peer} sent {_parkedBytes} bytes to actors of this process before its actor system had started.");
            }

            _parked.Add((peer, copy));
            if (!_isStarting)
            {
                _isStarting = true;
                OwnThread.Start(Start, "multiproc actor system");
            }
        }
    }

    private void OnClosed(Peer peer, Exception? reason)
    {
        if (_inbound is { } inbound)
        {
            inbound.OnClosed(peer);
            return;
        }

        // A system that is starting looks at the peers whose messages it takes over.
        lock (_gate)
        {
            _inbound?.OnClosed(peer);
        }
    }

    private void Start() => node.ActorSystems.Start();
}

/// <summary>Takes the messages of other processes to the actors of this one. Called by the threads that deliver frames: never blocks.</summary>
internal interface IActorInbound
{
    void OnMessage(Peer peer, byte[] message);

    void OnClosed(Peer peer);
}
