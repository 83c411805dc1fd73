namespace Multiproc.Cluster.Pools;

/// <summary>What happens to the nodes of a pool.</summary>
internal abstract record NodesCommand
{
    /// <summary>A node with the role of the pool is a member. Names are of incarnations: none comes twice.</summary>
    public sealed record Up(string Node, string Address) : NodesCommand;

    /// <summary>A node leaves: it finishes what it has begun.</summary>
    public sealed record Leaving(string Node) : NodesCommand;

    /// <summary>A node is no member any more.</summary>
    public sealed record Gone(string Node) : NodesCommand;

    /// <summary>The agent of a node has let the pool in.</summary>
    public sealed record Welcomed(string Node) : NodesCommand;

    /// <summary>The agent of a node has refused the pool, for good.</summary>
    public sealed record Refused(string Node, string Reason) : NodesCommand;

    /// <summary>The connection to a node could not be made, or has ended.</summary>
    public sealed record Unreached(string Node, string Reason) : NodesCommand;

    /// <summary>A worker on a node ended before it was ready.</summary>
    public sealed record StartFailed(string Node, string Reason) : NodesCommand;

    /// <summary>A worker on a node is ready.</summary>
    public sealed record WorkerReady(string Node) : NodesCommand;

    /// <summary>The time before the next attempt to connect is over.</summary>
    public sealed record TryAgain(string Node) : NodesCommand;

    /// <summary>Time has passed; whether there are jobs, and workers that are ready to run them.</summary>
    public sealed record Tick(TimeSpan Now, bool HasJobs, bool HasWorkers) : NodesCommand;
}

/// <summary>What a pool is to do about its nodes.</summary>
internal abstract record NodesEffect
{
    public sealed record Connect(string Node) : NodesEffect;

    public sealed record ConnectLater(string Node) : NodesEffect;

    /// <summary>Start the workers that the node lacks.</summary>
    public sealed record Fill(string Node) : NodesEffect;

    /// <summary>Have the workers of a node finish what they have begun, and end.</summary>
    public sealed record Drain(string Node) : NodesEffect;

    /// <summary>End the connection: nothing more comes from there.</summary>
    public sealed record Drop(string Node, string Reason) : NodesEffect;

    /// <summary>Log this.</summary>
    public sealed record Say(string Text) : NodesEffect;

    /// <summary>Fail all jobs: nobody can run them.</summary>
    public sealed record FailJobs(string Reason, bool IsTimeout) : NodesEffect;
}

/// <summary>How a node is doing, as its pool sees it.</summary>
internal enum NodeStatus
{
    Connecting,
    Used,
    Leaving,
    Refused,
}

/// <summary>Decides which nodes a pool uses: a deterministic state machine without connections, clocks or threads.</summary>
/// <param name="role">The role of nodes that the pool uses; null for all.</param>
/// <param name="startAttempts">How many workers of a node in a row may end before they are ready, until the node is not used any more.</param>
/// <param name="patience">How long jobs wait for a node; null for ever.</param>
internal sealed class NodesState(string? role, int startAttempts, TimeSpan? patience)
{
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(1);

    private readonly SortedDictionary<string, Member> _nodes = new(StringComparer.Ordinal);
    private TimeSpan? _aloneSince;
    private bool _said;
    private string _lastProblem = "";

    public IEnumerable<(string Node, string Address, NodeStatus Status, string? Problem)> Nodes =>
        _nodes.Select(static each => (each.Key, each.Value.Address, each.Value.Status, each.Value.Problem));

    /// <summary>Whether workers may be started on a node.</summary>
    public bool IsUsed(string node) => _nodes.TryGetValue(node, out var member) && member.Status == NodeStatus.Used;

    public void Step(NodesCommand command, List<NodesEffect> effects)
    {
        switch (command)
        {
            case NodesCommand.Up up:
                if (_nodes.TryAdd(up.Node, new Member(up.Address)))
                {
                    effects.Add(new NodesEffect.Connect(up.Node));
                }

                break;
            case NodesCommand.Leaving leaving when Find(leaving.Node) is { Status: not NodeStatus.Leaving } member:
                member.Status = NodeStatus.Leaving;
                effects.Add(new NodesEffect.Drain(leaving.Node));
                break;
            case NodesCommand.Gone gone when _nodes.Remove(gone.Node, out var member):
                effects.Add(new NodesEffect.Drop(gone.Node, $"the cluster has gone on without {member.Address}."));
                break;
            case NodesCommand.Welcomed welcomed when Find(welcomed.Node) is { Status: NodeStatus.Connecting } member:
                (member.Status, member.Problem) = (NodeStatus.Used, null);
                effects.Add(new NodesEffect.Fill(welcomed.Node));
                break;
            case NodesCommand.Refused refused when Find(refused.Node) is { } member:
                GiveUp(refused.Node, member, refused.Reason, effects);
                break;
            case NodesCommand.Unreached unreached when Find(unreached.Node) is { Status: NodeStatus.Connecting or NodeStatus.Used } member:
                (member.Status, member.Problem) = (NodeStatus.Connecting, unreached.Reason);
                effects.Add(new NodesEffect.ConnectLater(unreached.Node));
                break;
            case NodesCommand.TryAgain again when Find(again.Node) is { Status: NodeStatus.Connecting }:
                effects.Add(new NodesEffect.Connect(again.Node));
                break;
            case NodesCommand.WorkerReady ready when Find(ready.Node) is { } member:
                member.FailedStarts = 0;
                break;
            case NodesCommand.StartFailed failed when Find(failed.Node) is { Status: NodeStatus.Used } member:
                if (++member.FailedStarts >= startAttempts)
                {
                    string last = $"The last: {failed.Reason}";
                    GiveUp(failed.Node, member, $"{member.FailedStarts} workers in a row ended on {member.Address} before they were ready. {last}", effects);
                }

                break;
            case NodesCommand.Tick tick:
                Wait(tick, effects);
                break;
        }
    }

    private Member? Find(string node) => _nodes.GetValueOrDefault(node);

    private void GiveUp(string node, Member member, string reason, List<NodesEffect> effects)
    {
        (member.Status, member.Problem, _lastProblem) = (NodeStatus.Refused, reason, reason);
        effects.Add(new NodesEffect.Say($"A pool does not use node {member.Address}: {reason}"));
        effects.Add(new NodesEffect.Drop(node, reason));
    }

    private void Wait(NodesCommand.Tick tick, List<NodesEffect> effects)
    {
        if (!tick.HasJobs || tick.HasWorkers)
        {
            (_aloneSince, _said) = (null, false);
            return;
        }

        if (_nodes.Count > 0 && _nodes.Values.All(static each => each.Status == NodeStatus.Refused))
        {
            // None of them will ever do: waiting would only hide why.
            effects.Add(new NodesEffect.FailJobs($"No node can run the tasks of this pool. {_lastProblem}", IsTimeout: false));
            return;
        }

        _aloneSince ??= tick.Now;
        var waited = tick.Now - _aloneSince.Value;
        if (waited >= s_silence && !_said)
        {
            _said = true;
            effects.Add(new NodesEffect.Say($"A pool waits for a node: {Situation}"));
        }

        if (waited >= patience)
        {
            _aloneSince = null;
            effects.Add(new NodesEffect.FailJobs(
                $"No node came within {patience.Value.TotalSeconds:0.#} s that could run the tasks of this pool: {Situation} Start a node"
                + (role is null ? "" : $" with the role '{role}' (ClusterOptions.Roles, multiproc-host node --role {role})")
                + ", or wait longer (nodeTimeout).",
                IsTimeout: true));
        }
    }

    private string Situation => _nodes.Count == 0
        ? role is null ? "the cluster has none." : $"none has the role '{role}'."
        : string.Join(" ", _nodes.Values.Select(static each => $"{each.Address} {Doing(each.Status)}"
            + $"{(each.Problem is null ? "" : $" ({each.Problem.TrimEnd('.')})")}."));

    private static string Doing(NodeStatus status) => status switch
    {
        NodeStatus.Used => "is starting its workers",
        NodeStatus.Connecting => "is being connected to",
        NodeStatus.Leaving => "is leaving",
        _ => "does not let the pool in",
    };

    private sealed class Member(string address)
    {
        public string Address => address;

        public NodeStatus Status { get; set; }

        public string? Problem { get; set; }

        public int FailedStarts { get; set; }
    }
}
