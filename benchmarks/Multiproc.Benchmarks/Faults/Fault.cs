using Multiproc.Benchmarks.Faults.Networks;
using Multiproc.Benchmarks.Faults.Nodes;

namespace Multiproc.Benchmarks.Faults;

/// <summary>What happens to nodes.</summary>
internal enum FaultKind
{
    Kill,
    KillAll,
    Stop,
    Leave,
    Cut,
    Slow,
}

/// <summary>One fault: what happens, to which node, for how long, and how long it is calm before.</summary>
internal sealed record Fault(FaultKind Kind, int Node, TimeSpan Lasts, TimeSpan Calm)
{
    /// <summary>The faults of a run, in their order.</summary>
    public static IEnumerable<Fault> Plan(FaultOptions options, bool canDisturb)
    {
        var random = new Random(options.Seed);
        while (true)
        {
            var kind = random.Next(20) switch
            {
                0 => FaultKind.KillAll,
                < 6 => FaultKind.Kill,
                < 10 => FaultKind.Stop,
                < 12 => FaultKind.Leave,
                < 17 => canDisturb ? FaultKind.Cut : FaultKind.Kill,
                _ => canDisturb ? FaultKind.Slow : FaultKind.Stop,
            };
            yield return new Fault(
                kind, random.Next(options.Nodes), TimeSpan.FromSeconds(0.3 + (random.NextDouble() * 6)), options.LongestCalm * random.NextDouble());
        }
    }

    /// <summary>Does it, and waits until it is over. Nodes that end by it are left as they are.</summary>
    public void Happen(IReadOnlyList<NodeProcess> nodes, FaultNetwork network, CancellationToken cancellation)
    {
        switch (Kind)
        {
            case FaultKind.Kill:
                nodes[Node].Kill();
                break;
            case FaultKind.KillAll:
                foreach (var node in nodes)
                {
                    node.Kill();
                }

                break;
            case FaultKind.Stop:
                During(() => nodes[Node].Signal("STOP"), () => nodes[Node].Signal("CONT"), cancellation);
                break;
            case FaultKind.Leave:
                nodes[Node].Leave();
                break;
            case FaultKind.Cut:
                During(() => network.Cut(Node, isCut: true), () => network.Cut(Node, isCut: false), cancellation);
                break;
            case FaultKind.Slow:
                During(() => network.Slow(Node, isSlow: true), () => network.Slow(Node, isSlow: false), cancellation);
                break;
        }
    }

    public override string ToString() => Kind switch
    {
        FaultKind.Kill or FaultKind.Leave => $"{Kind} node {Node}",
        FaultKind.KillAll => "kill all nodes",
        _ => FormattableString.Invariant($"{Kind} node {Node} for {Lasts.TotalSeconds:0.0} s"),
    };

    private void During(Action begin, Action end, CancellationToken cancellation)
    {
        begin();
        try
        {
            cancellation.WaitHandle.WaitOne(Lasts);
        }
        finally
        {
            end();
        }
    }
}
