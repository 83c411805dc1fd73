using Multiproc.Cluster.Sessions;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Cluster.Tests.Simulation;

/// <summary>What processes do with the object, what they saw, and whether that can be.</summary>
internal abstract class SimWorkload(ObjectType type, Payload options = default, Durability durability = Durability.Journal)
{
    private readonly List<Client> _clients = [];
    private bool _isDraining;
    private int _lastProcess;

    public SimWorld World { get; set; } = null!;

    public ObjectSpec Spec { get; } = new("object", type.Tag, type.Name, options, durability);

    public bool IsDone { get; private set; }

    /// <summary>How likely a disturbance is that the object moves to another node.</summary>
    public virtual double Moves => 0;

    public int Operations { get; protected set; }

    protected IEnumerable<Client> Living => _clients.Where(static each => each.IsAlive);

    public void NodeStarted(SimNode node)
    {
        Start(node);
        Start(node);
    }

    public void NodeDied(SimNode node)
    {
        foreach (var client in Living.Where(each => each.Node == node))
        {
            client.IsAlive = false;
        }
    }

    /// <summary>Kills a process; its node notices at once, and tells.</summary>
    public void Disturb()
    {
        Client[] living = [.. Living];
        if (living.Length > 0)
        {
            var victim = living[World.Random.Next(living.Length)];
            victim.IsAlive = false;
            victim.IsKilled = true;
            victim.Node.ProcessGone(victim.Process);
            Start(victim.Node);
        }
    }

    /// <summary>What is not finished, for the text of a violation.</summary>
    public string Unfinished =>
        string.Join(", ", Living.Where(static each => !each.IsResting).Select(static each => $"process {each.Process} of {each.Node.Id}"))
        + (_isDraining ? " (draining)" : "");

    public abstract void Check();

    /// <summary>Whether nobody waits for what only others can do.</summary>
    protected virtual bool IsSettled => true;

    /// <summary>Does one operation, and calls <paramref name="next"/> after it.</summary>
    protected abstract void Act(Client client, Action next);

    /// <summary>Reads, at the end, what the object has, and calls <paramref name="done"/>.</summary>
    protected abstract void Drain(Client client, Action done);

    private void Start(SimNode node)
    {
        var client = new Client(node, ++_lastProcess);
        _clients.Add(client);
        Next(client);
    }

    private void Next(Client client) => World.After(World.Random.NextInt64(1, TimeSpan.TicksPerMillisecond * 300), () =>
    {
        if (!client.IsAlive)
        {
        }
        else if (!World.IsChaos && client.MayRest && IsSettled)
        {
            client.IsResting = true;
        }
        else if (client.Node.IsOpen)
        {
            Operations++;
            Act(client, () => Next(client));
            return;
        }
        else
        {
            Next(client);
            return;
        }

        DrainIfAllRest();
    });

    private void DrainIfAllRest()
    {
        // Nodes that others have removed are not served any more; they die soon.
        if (!_isDraining && !World.IsChaos && Living.All(static each => each.IsResting || each.Node.IsDoomed)
            && Living.FirstOrDefault(static each => !each.Node.IsDoomed) is { } last)
        {
            _isDraining = true;
            World.After(TimeSpan.FromSeconds(15).Ticks, () => DrainWhenOpen(last));
        }
    }

    private void DrainWhenOpen(Client client)
    {
        if (client.Node.IsOpen)
        {
            Drain(client, () => IsDone = true);
        }
        else
        {
            World.After(TimeSpan.TicksPerSecond, () => DrainWhenOpen(client));
        }
    }

    internal sealed class Client(SimNode node, int process)
    {
        public SimNode Node => node;

        public int Process => process;

        public bool IsAlive { get; set; } = true;

        /// <summary>Whether it was killed itself: what it had was given back at once.</summary>
        public bool IsKilled { get; set; }

        public bool IsResting { get; set; }

        /// <summary>Whether it has nothing to finish.</summary>
        public bool MayRest { get; set; } = true;

        /// <summary>Whether it may have lost what it had without having done anything.</summary>
        public bool MayHaveLost => !IsAlive || node.IsDoomed;
    }
}
