using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;
using Multiproc.Cluster.Nodes;
using Multiproc.Cluster.Sessions;
using Multiproc.Transport;

namespace Multiproc.Cluster.Lines;

/// <summary>
/// The connections of this node to others for calls of objects: one to each node that owns an object which is used here, made when it is first wanted. What
/// cannot go over a line goes through the sharding, which knows every way and is slower.
/// </summary>
internal sealed class EntityLines : IDisposable
{
    /// <summary>What nodes connect with to the port of another.</summary>
    public static readonly Guid Service = new("5b0a1c1e-9f6d-4c58-8d4b-6f0f4b1f7a02");

    /// <summary>The most bytes that wait for a node that does not read. It is stopped then, and what it has not read is sent again when it goes on.</summary>
    private const long MaxBacklog = 64 << 20;

    private static readonly TimeSpan s_retryAfter = TimeSpan.FromSeconds(10);

    private readonly ExtendedActorSystem _system;
    private readonly NodePort _port;
    private readonly ClusterView _view;
    private readonly Action<ToGateway, string> _answered;
    private readonly Action<EntityEnvelope> _notHere;
    private readonly ConcurrentDictionary<string, Place> _places = new();
    private readonly ConcurrentDictionary<ServingLine, bool> _served = new();
    private volatile bool _ended;

    /// <param name="system">The actor system of this node.</param>
    /// <param name="port">The port of this node, which asks for those of others too.</param>
    /// <param name="view">What is loaded here.</param>
    /// <param name="answered">Takes answers of entities, with the address of their node.</param>
    /// <param name="notHere">Takes back messages whose entities are not loaded where they were sent.</param>
    public EntityLines(ActorSystem system, NodePort port, ClusterView view, Action<ToGateway, string> answered, Action<EntityEnvelope> notHere)
    {
        (_system, _port, _view, _answered, _notHere) = ((ExtendedActorSystem)system, port, view, answered, notHere);
        port.Serve(Service, Admit);
    }

    /// <summary>The nodes to which there is a line now.</summary>
    public IEnumerable<string> Connected => _places.Where(static each => each.Value.Line is { IsLost: false }).Select(static each => each.Key);

    /// <summary>Sends a message over the line to a node. If there is none, it is made, for later ones.</summary>
    /// <returns>Whether there is a line.</returns>
    public bool TrySend(string node, EntityEnvelope envelope)
    {
        if (!_places.TryGetValue(node, out var place))
        {
            return false;
        }

        if (place.Line is { IsLost: false } line)
        {
            line.Ask(envelope);
            return true;
        }

        if (place.BeginsToConnect())
        {
            _ = ConnectAsync(node, place);
        }

        return false;
    }

    /// <summary>Hears of a member: lines are for members only.</summary>
    public void OnMember(Akka.Cluster.Member member)
    {
        string node = ClusterView.HostAndPort(member.Address);
        if (member.Status is not (Akka.Cluster.MemberStatus.Down or Akka.Cluster.MemberStatus.Removed))
        {
            _places.TryAdd(node, new Place(member.Address));
        }
        else if (_places.TryRemove(node, out var gone))
        {
            // What it still says is not heard: its objects are about to live elsewhere.
            gone.End();
        }

        if (_ended)
        {
            Dispose();
        }
    }

    /// <summary>This node is no longer in the cluster.</summary>
    public void Dispose()
    {
        _ended = true;
        foreach (string node in _places.Keys)
        {
            if (_places.TryRemove(node, out var place))
            {
                place.End();
            }
        }

        foreach (var served in _served.Keys)
        {
            served.Close();
        }
    }

    private async Task ConnectAsync(string node, Place place)
    {
        try
        {
            var link = await _port.ConnectAsync(_system, place.Address, Service, MaxBacklog).ConfigureAwait(false);
            var line = new AskingLine(link, answer => _answered(answer, node), _notHere, closed => place.Lost(closed));
            place.Connected(line);
            line.Start();
        }
        catch (MultiprocException unreachable)
        {
            place.Failed(s_retryAfter);
            _system.Log.Info("There is no line to {0}: {1} Its objects are reached through the sharding.", node, unreachable.Message);
        }
    }

    private void Admit(ILink link)
    {
        var line = new ServingLine(link, _system, _view, closed => _served.TryRemove(closed, out _));
        _served[line] = true;
        line.Start();
        if (_ended)
        {
            line.Close();
        }
    }

    /// <summary>Another node, and the line to it.</summary>
    private sealed class Place(Address address)
    {
        private readonly Lock _gate = new();
        private bool _isConnecting;
        private bool _isGone;
        private long _notBefore;

        public Address Address => address;

        public AskingLine? Line { get; private set; }

        public bool BeginsToConnect()
        {
            lock (_gate)
            {
                bool begins = !_isConnecting && !_isGone && Line is null && Environment.TickCount64 >= _notBefore;
                _isConnecting |= begins;
                return begins;
            }
        }

        public void Connected(AskingLine line)
        {
            lock (_gate)
            {
                _isConnecting = false;
                if (!_isGone)
                {
                    Line = line;
                    return;
                }
            }

            line.Close();
        }

        public void Failed(TimeSpan pause)
        {
            lock (_gate)
            {
                _isConnecting = false;
                _notBefore = Environment.TickCount64 + (long)pause.TotalMilliseconds;
            }
        }

        public void Lost(AskingLine line)
        {
            lock (_gate)
            {
                Line = Line == line ? null : Line;
            }
        }

        public void End()
        {
            AskingLine? line;
            lock (_gate)
            {
                (_isGone, line, Line) = (true, Line, null);
            }

            line?.Close();
        }
    }
}
