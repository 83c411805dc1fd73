using Multiproc.Cluster.Sessions;

namespace Multiproc.Cluster.Tests.Simulation;

/// <summary>
/// A cluster with one object in virtual time, on one thread: nodes, owners, a journal, and an adversary who loses, delays, repeats and reorders messages,
/// kills nodes and owners, and starts further owners beside living ones. Everything follows from the seed.
/// </summary>
internal sealed class SimWorld
{
    private const int Nodes = 3;

    private static readonly long s_chaosEnds = TimeSpan.FromSeconds(20).Ticks;

    private readonly PriorityQueue<Action, (long Time, long Order)> _events = new();
    private readonly List<SimNode> _nodes = [];
    private readonly List<SimOwner> _owners = [];
    private readonly Dictionary<string, SimNode> _byId = [];
    private readonly SimWorkload _load;
    private long _order;
    private int _lastNode;

    public SimWorld(int seed, SimWorkload load, Mutant mutant = Mutant.None)
    {
        Random = new Random(seed);
        Mutant = mutant;
        TakesLivingForDead = seed / SimRuns.Workloads % 2 == 0;
        Journal = new SimJournal(this);
        _load = load;
        load.World = this;
        Now = 1;
        for (int i = 0; i < Nodes; i++)
        {
            StartNode();
        }

        After(Delay(), Disturb);
    }

    public Random Random { get; }

    public Mutant Mutant { get; }

    /// <summary>
    /// Whether owners give up strangers so early that a node which was cut off, and is about to end, takes new members for dead. Locks then have two holders
    /// for a while, told apart by their fences only.
    /// </summary>
    public bool TakesLivingForDead { get; }

    public SimJournal Journal { get; }

    public long Now { get; private set; }

    public bool IsChaos => Now < s_chaosEnds;

    public IEnumerable<SimNode> Living => _nodes.Where(static each => each.IsAlive);

    /// <summary>All nodes that ever were.</summary>
    public IEnumerable<string> EverKnown => _byId.Keys;

    public int Kills { get; private set; }

    public int LostSessions { get; private set; }

    public int Takeovers { get; private set; }

    /// <summary>How often something happened by which an object in memory may be lost.</summary>
    public int Harms { get; set; }

    /// <summary>Which incarnations nodes have ever asked to be created.</summary>
    public HashSet<long> Wanted { get; } = [];

    public bool Chance(double probability) => Random.NextDouble() < probability;

    /// <summary>Mostly some milliseconds; now and then a second or more.</summary>
    public long Delay() => Random.NextInt64(1, IsChaos && Chance(0.03) ? TimeSpan.TicksPerSecond * 2 : TimeSpan.TicksPerMillisecond * 20);

    public void After(long ticks, Action happens) => At(Now + ticks, happens);

    public void At(long time, Action happens) => _events.Enqueue(happens, (Math.Max(time, Now), ++_order));

    /// <summary>Runs until the work is done.</summary>
    /// <exception cref="SimViolation">A guarantee was broken.</exception>
    public void Run()
    {
        long end = TimeSpan.FromMinutes(5).Ticks;
        while (!_load.IsDone && _events.TryDequeue(out var happens, out var at))
        {
            Now = at.Time;
            if (Now > end)
            {
                break;
            }

            happens();
        }

        SimViolation.If(!_load.IsDone, $"calls wait for ever although the network, the nodes and the journal have been well for minutes: {_load.Unfinished}");
        _load.Check();
        foreach (var owner in _owners)
        {
            owner.Kill();
        }
    }

    public void SendToEntity(ToEntity message)
    {
        if (message is ToEntity.Open)
        {
            Wanted.Add(message.Incarnation);
        }

        Carry(() =>
        {
            _owners.RemoveAll(static each => !each.IsAlive);
            if (_owners.Count == 0 || (IsChaos && _owners.Count < 3 && Chance(_load.Moves > 0 ? 0.002 : 0.01)))
            {
                Harms += _owners.Count;
                StartOwner();
            }

            _owners[IsChaos ? Random.Next(_owners.Count) : _owners.Count - 1].Receive(message);
        });
    }

    public void SendToGateway(ToGateway message) => Carry(() => _byId[message.Session.Node].Receive(message));

    /// <summary>
    /// A node dies, with its processes and owners, and the cluster notices later, each other node at its own time. Or it was only cut off: then it lives on for
    /// a while after the others removed it, and can still reach the journal.
    /// </summary>
    public void Kill(SimNode node)
    {
        Kills++;
        node.IsDoomed = true;
        long removed = Random.NextInt64(TimeSpan.TicksPerSecond * 5);
        if (Chance(0.3))
        {
            After(removed + Random.NextInt64(TimeSpan.TicksPerSecond * 3), () => Die(node));
        }
        else
        {
            Die(node);
        }

        foreach (var other in Living.Where(each => each != node))
        {
            After(removed + Delay(), () => Remove(other, node.Id));
        }

        After(Random.NextInt64(TimeSpan.TicksPerSecond * 4), StartNode);
    }

    /// <summary>For its processes this is as if they had died.</summary>
    public void SessionLost(SimNode node)
    {
        LostSessions++;
        _load.NodeDied(node);
        if (!node.IsDoomed)
        {
            _load.NodeStarted(node);
        }
    }

    private void Die(SimNode node)
    {
        node.Kill();
        _load.NodeDied(node);
        foreach (var owner in _owners.Where(each => each.Node == node))
        {
            owner.Kill();
        }
    }

    private void Remove(SimNode at, string gone)
    {
        if (at.Members.Remove(gone))
        {
            at.Removed.Add(gone);
            foreach (var owner in _owners.Where(each => each.Node == at).ToArray())
            {
                owner.NodeGone(gone);
            }
        }
    }

    private void StartNode()
    {
        var node = new SimNode(this, ++_lastNode, _load.Spec);
        _nodes.Add(node);
        _byId.Add(node.Id, node);
        foreach (var other in Living.Where(static each => !each.IsDoomed))
        {
            node.Members.Add(other.Id);
            other.Members.Add(node.Id);
            foreach (var owner in _owners.Where(each => each.Node == other))
            {
                owner.NodeJoined(node.Id);
            }
        }

        _load.NodeStarted(node);
    }

    private void StartOwner()
    {
        Takeovers++;
        SimNode[] living = [.. Living];
        _owners.Add(new SimOwner(this, living[Random.Next(living.Length)]));
    }

    private void Disturb()
    {
        if (!IsChaos)
        {
            return;
        }

        SimNode[] living = [.. Living.Where(static each => !each.IsDoomed)];
        if (_owners.Count > 0 && Chance(_load.Moves))
        {
            _owners[Random.Next(_owners.Count)].HandOver();
        }
        else if (living.Length >= Nodes && Chance(0.25))
        {
            Kill(living[Random.Next(living.Length)]);
        }
        else if (_owners.Count > 0 && Chance(0.5))
        {
            _owners[Random.Next(_owners.Count)].Kill();
        }
        else
        {
            _load.Disturb();
        }

        After(Random.NextInt64(TimeSpan.TicksPerSecond), Disturb);
    }

    private void Carry(Action arrives)
    {
        if (IsChaos && Chance(0.08))
        {
            return;
        }

        After(Delay(), arrives);
        if (IsChaos && Chance(0.08))
        {
            After(Delay() * 3, arrives);
        }
    }
}

/// <summary>A guarantee was broken.</summary>
public sealed class SimViolation(string what) : Exception(what)
{
    public static void If(bool isBroken, string what)
    {
        if (isBroken)
        {
            throw new SimViolation(what);
        }
    }
}
