using Multiproc.Cluster.Gateways;
using Multiproc.Cluster.Sessions;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Simulation;

/// <summary>One incarnation of a node: its stand-in for the object, its clock, and the members that it knows of.</summary>
internal sealed class SimNode
{
    private readonly SimWorld _world;
    private readonly ObjectSpec _spec;
    private GatewayCore _gateway;
    private readonly GatewayEffects _effects = new();
    private readonly Dictionary<Caller, Action<Reply>> _calls = [];
    private readonly List<GatewayCore> _old = [];
    private readonly Dictionary<SessionId, (ErrandCore Core, Action Done)> _errands = [];
    private long _lastCall;
    private long _lastSession = 1;

    public SimNode(SimWorld world, int number, ObjectSpec spec)
    {
        _world = world;
        Id = $"n{number}";
        ClockOffset = world.Random.NextInt64(1, TimeSpan.TicksPerHour);
        _spec = spec;
        _gateway = new GatewayCore(new SessionId(Id, 1), spec);
        _gateway.Open(Now, _effects);
        Perform();
        Tick();
    }

    public string Id { get; }

    public long ClockOffset { get; }

    public HashSet<string> Members { get; } = [];

    public HashSet<string> Removed { get; } = [];
    /// <summary>Which object of the name this node has open.</summary>
    public long Incarnation => _gateway.Incarnation;

    public bool IsAlive { get; private set; } = true;

    /// <summary>Whether the others remove it, or have removed it.</summary>
    public bool IsDoomed { get; set; }

    public bool IsOpen => _gateway.Opened is not null;

    private Instant Now => new(_world.Now + ClockOffset);

    public void Kill() => IsAlive = false;

    /// <summary>Sends a command of a process. The reply never comes when the process or the node dies.</summary>
    public Caller Call(int process, IWireCommand command, bool isRead, Action<Reply> replied)
    {
        // As the calls of a process are numbered in the product: a place that is free, and how often it was used before.
        var caller = new Caller(process, Peers.CallTable.MakeId(++_lastCall, (int)(_lastCall % 7)));
        _calls.Add(caller, replied);
        Send(caller, command, isRead);
        return caller;
    }

    public void Tell(int process, IWireCommand command) => Send(new Caller(process, 0), command, isRead: false);

    public void GiveUp(Caller caller)
    {
        _calls.Remove(caller);
        _gateway.GiveUp(caller, timedOut: false, Now, _effects);
        Perform();
    }

    public void Cancel(Caller caller)
    {
        _gateway.Cancel(caller, Now, _effects);
        Perform();
    }

    public void ProcessGone(int process)
    {
        foreach (var caller in _calls.Keys.Where(each => each.Process == process).ToArray())
        {
            _calls.Remove(caller);
        }

        _gateway.ProcessGone(process, Now, _effects);
        Perform();
    }

    public void Receive(ToGateway message)
    {
        if (!IsAlive)
        {
            return;
        }

        if (message.Session == _gateway.Session)
        {
            _gateway.Receive(message, Now, _effects);
            Perform();
            BeginAnewIfLost();
            BeginAnewIfOver();
        }
        else if (_old.Find(each => each.Session == message.Session) is { } old)
        {
            old.Receive(message, Now, _effects);
            if (old.IsLost)
            {
                old.End("its session was ended.", _effects);
                _old.Remove(old);
            }

            Perform();
        }
        else if (_errands.TryGetValue(message.Session, out var errand))
        {
            errand.Core.Receive(message, Now, _effects);
            Perform();
            if (errand.Core.IsDone)
            {
                _errands.Remove(message.Session);
                errand.Done();
            }
        }
    }

    /// <summary>Deletes the object that is there.</summary>
    public void Delete(Action done)
    {
        var errand = new ErrandCore(new SessionId(Id, ++_lastSession), deletes: true);
        _errands.Add(new SessionId(Id, _lastSession), (errand, done));
        errand.Begin(Now, _effects);
        Perform();
    }

    private void BeginAnewIfLost()
    {
        if (_gateway.IsLost)
        {
            _calls.Clear();
            _gateway = new GatewayCore(new SessionId(Id, ++_lastSession), _spec, _gateway.Incarnation);
            if (_gateway.Incarnation == 0)
            {
                _gateway.Open(Now, _effects);
            }

            Perform();
            _world.SessionLost(this);
        }
    }

    /// <summary>Opens the name again when its object has ended. What is unanswered waits for its results.</summary>
    private void BeginAnewIfOver()
    {
        if (_gateway.IsOver)
        {
            _old.Add(_gateway);
            _gateway = new GatewayCore(new SessionId(Id, ++_lastSession), _spec);
            var opened = _gateway;
            _world.After(_world.Random.NextInt64(TimeSpan.TicksPerSecond / 2), () =>
            {
                if (IsAlive && opened == _gateway)
                {
                    _gateway.Open(Now, _effects);
                    Perform();
                }
            });
        }
    }

    private void Send(Caller caller, IWireCommand command, bool isRead)
    {
        using var writer = new Serialization.WireWriter();
        command.WriteTo(writer);
        _gateway.Call(caller, writer.ToArray(), isRead, Instant.Never, Now, _effects);
        Perform();
    }

    private void Tick() => _world.After(TimeSpan.TicksPerMillisecond * 100, () =>
    {
        if (IsAlive && _world.Mutant != Mutant.NothingIsSentAgain)
        {
            _gateway.Tick(Now, _effects);

            _old.RemoveAll(static each => each.IsIdle);
            _old.ForEach(each => each.Tick(Now, _effects));
            foreach (var (errand, _) in _errands.Values)
            {
                errand.Tick(Now, _effects);
            }

            Perform();
            Tick();
        }
    });

    private void Perform()
    {
        foreach (var message in _effects.Sends)
        {
            _world.SendToEntity(message);
        }

        (Caller Caller, Reply Reply)[] replies = [.. _effects.Replies];
        _effects.Clear();
        foreach (var (caller, reply) in replies)
        {
            if (_calls.Remove(caller, out var replied))
            {
                replied(reply);
            }
        }
    }
}
