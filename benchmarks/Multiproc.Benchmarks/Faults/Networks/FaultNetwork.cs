namespace Multiproc.Benchmarks.Faults.Networks;

/// <summary>How the nodes of a fault run reach each other, and how that is disturbed.</summary>
internal abstract class FaultNetwork : IDisposable
{
    /// <summary>Whether nodes can be cut off and slowed down.</summary>
    public abstract bool CanBeDisturbed { get; }

    /// <summary>What comes before the command of a node, so that it runs in its place of the network.</summary>
    public abstract IReadOnlyList<string> PrefixOf(int node);

    /// <summary>The address of a node, and its port; 0 is any.</summary>
    public abstract (string Host, int Port) AddressOf(int node);

    /// <summary>The address of the machine itself, as nodes see it.</summary>
    public abstract string AddressOfHost { get; }

    /// <summary>Cuts a node off, or lets it in again.</summary>
    public abstract void Cut(int node, bool isCut);

    /// <summary>Makes what is sent to a node late, and loses some of it; or ends that.</summary>
    public abstract void Slow(int node, bool isSlow);

    public abstract void Dispose();
}

/// <summary>All nodes on loopback: nothing can be disturbed but the processes.</summary>
internal sealed class LoopbackNetwork : FaultNetwork
{
    public override bool CanBeDisturbed => false;

    public override IReadOnlyList<string> PrefixOf(int node) => [];

    public override (string Host, int Port) AddressOf(int node) => ("127.0.0.1", 0);

    public override string AddressOfHost => "127.0.0.1";

    public override void Cut(int node, bool isCut) => throw new NotSupportedException("Nodes on loopback cannot be cut off.");

    public override void Slow(int node, bool isSlow) => throw new NotSupportedException("Nodes on loopback cannot be slowed down.");

    public override void Dispose()
    {
    }

    public override string ToString() => "loopback";
}
