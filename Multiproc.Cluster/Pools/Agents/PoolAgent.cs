using Microsoft.Extensions.Logging;
using Multiproc.Cluster.Nodes;
using Multiproc.Processes.Logging;
using Multiproc.Transport;
using Multiproc.Transport.InMemory;

namespace Multiproc.Cluster.Pools;

/// <summary>
/// The agent of a node for pools of all nodes: starts workers as children of this process, and passes messages between them and their pools.
/// </summary>
internal sealed class PoolAgent : IDisposable
{
    /// <summary>What pools connect with to the port of a node.</summary>
    public static readonly Guid Service = new("5b0a1c1e-9f6d-4c58-8d4b-6f0f4b1f7a01");

    /// <summary>The most workers that one pool has on a node.</summary>
    public const int MostWorkers = 4096;

    private readonly Lock _gate = new();
    private readonly HashSet<AgentLine> _lines = [];
    private bool _ended;
    private bool _leaving;

    /// <param name="options">The options of the node.</param>
    /// <param name="address">Where the node is reached.</param>
    /// <param name="port">The port at which pools of other nodes come.</param>
    public PoolAgent(ClusterOptions options, string address, NodePort port)
    {
        Address = address;
        Accepted = options.CodeFolder is { } folder ? new AcceptedPrograms(folder) : null;
        Program = options.Program ?? (static () => OwnProgram.Identity);
        Shares = new NodeShares(options.PoolShares ?? Environment.ProcessorCount);
        port.Serve(
            Service,
            link => Admit(link, isNear: false),
            reason => ProcessLog.Current.Report(
                LogLevel.Warning, LogEvents.PoolOnNode, $"{Address} refused a process that wanted to use its workers: {reason.Message}"));
    }

    public string Address { get; }

    /// <summary>The programs that other nodes have sent; null if this node accepts none.</summary>
    public AcceptedPrograms? Accepted { get; }

    public Func<ProgramIdentity> Program { get; }

    public NodeShares Shares { get; }

    /// <summary>Connects a pool of this process.</summary>
    public ILink ConnectHere()
    {
        var (ours, theirs) = InMemoryLink.Pair();
        Admit(theirs, isNear: true);
        return ours;
    }

    /// <summary>Takes no more work, and waits until the workers have done what they have begun.</summary>
    /// <returns>Whether all have ended in time.</returns>
    public async Task<bool> DrainAsync(TimeSpan patience)
    {
        AgentLine[] lines;
        lock (_gate)
        {
            _leaving = true;
            lines = [.. _lines];
        }

        try
        {
            await Task.WhenAll(lines.Select(static each => each.DrainAsync())).WaitAsync(patience).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            ProcessLog.Current.Report(
                LogLevel.Warning, LogEvents.PoolOnNode,
                $"{Address} leaves although workers of pools have not done their tasks within {patience.TotalSeconds:0.#} s: they are ended");
            return false;
        }
    }

    /// <summary>Ends all workers.</summary>
    public void Dispose()
    {
        AgentLine[] lines;
        lock (_gate)
        {
            _ended = true;
            lines = [.. _lines];
        }

        Array.ForEach(lines, static each => each.Close());
    }

    public void Forget(AgentLine line)
    {
        lock (_gate)
        {
            _lines.Remove(line);
        }
    }

    private void Admit(ILink link, bool isNear)
    {
        var line = new AgentLine(this, link, isNear);
        bool leaves;
        lock (_gate)
        {
            if (_ended)
            {
                line.Close();
                return;
            }

            leaves = _leaving;
            _lines.Add(line);
        }

        line.Start();
        if (leaves)
        {
            _ = line.DrainAsync();
        }
    }
}
