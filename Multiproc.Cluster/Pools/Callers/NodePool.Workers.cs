using Multiproc.Pool;
using Multiproc.Processes;

namespace Multiproc.Cluster.Pools;

/// <content>The workers on nodes, and what is heard of them.</content>
internal sealed partial class NodePool
{
    /// <summary>How long a node that lacks memory, processes or descriptors is left alone.</summary>
    private static readonly TimeSpan s_shortage = TimeSpan.FromMilliseconds(500);

    public void OnWelcome(NodeLine line) => Step(new NodesCommand.Welcomed(line.Node));

    public void OnRefused(NodeLine line, string reason) => Step(new NodesCommand.Refused(line.Node, reason));

    public void OnLeaving(NodeLine line) => Step(new NodesCommand.Leaving(line.Node));

    public void OnClosed(NodeLine line, string reason)
    {
        // One that this side has dropped is not there any more.
        if (_lines.TryGetValue(line.Node, out var current) && ReferenceEquals(current, line))
        {
            Step(new NodesCommand.Unreached(line.Node, reason));
        }
    }

    public void OnNotStarted(FarWorker worker, string reason, bool mayPass)
    {
        _roster.Members.TryRemove(worker.Id, out var member);
        bool isWanted = !_roster.IsTerminated && member is { Leaves: false };
        if (mayPass && isWanted)
        {
            _ = Task.Delay(s_shortage).ContinueWith(_ => StartLater(), TaskScheduler.Default);
            return;
        }

        if (isWanted)
        {
            Step(new NodesCommand.StartFailed(worker.Line.Node, reason));
        }

        _roster.Tell(new PoolNotice.NotStarted(isWanted ? reason : null));
    }

    public void OnExited(FarWorker worker)
    {
        if (!_roster.Members.TryGetValue(worker.Id, out var member))
        {
            return;
        }

        if (_roster.IsTerminated || Children.Current.AreEnded)
        {
            _roster.ForgetOne();
            return;
        }

        member.HasEnded = true;
        if (!member.IsReady && !member.Leaves && worker.LostWith is null)
        {
            // Before the scheduling wants another one.
            Step(new NodesCommand.StartFailed(worker.Line.Node, member.Ending()));
        }

        _roster.Tell(new PoolNotice.Exited(member));
    }

    private IEnumerable<PoolMember> MembersOn(string node) =>
        _roster.Members.Values.Where(member => !member.HasEnded && member.Process is FarWorker far && far.Line.Node == node);

    /// <summary>How many workers a node lacks; below zero, how many it has too many.</summary>
    private int Lacks(string node)
    {
        lock (_gate)
        {
            return _state.IsUsed(node) ? _wanted - MembersOn(node).Count(static member => !member.Leaves) : 0;
        }
    }

    private void Fill(string node)
    {
        if (_roster.IsClosed && _roster.Jobs.IsEmpty)
        {
            return;
        }

        for (int left = Lacks(node); left > 0 && !_ended && _lines.TryGetValue(node, out var line); left--)
        {
            _roster.ExpectOne();
            Start(line);
        }
    }

    /// <summary>Starts a worker that the roster expects.</summary>
    private void Start(NodeLine line)
    {
        int id = _roster.NextWorker();
        var worker = new FarWorker(line, id, $"PoolWorker-{id}");
        var member = new PoolMember(id, worker, onThread: false) { Line = worker, RoundTrip = line.RoundTrip };
        _roster.Members.TryAdd(id, member);
        var messages = new WorkerMessages(_roster, member, () => Step(new NodesCommand.WorkerReady(line.Node)));
        try
        {
            line.StartWorker(worker, messages, new WorkerOrder(worker.Name, _work, _culture, _options[id % _options.Length]));
        }
        catch (ConnectionLostException)
        {
            // What becomes of the node is told by the end of its connection.
            _roster.Members.TryRemove(id, out _);
            _roster.Tell(new PoolNotice.NotStarted(null));
            return;
        }

        if (_roster.IsTerminated)
        {
            member.End();
        }
    }

    /// <summary>Has a worker leave without replacement: it does what it has begun, and gives back the rest.</summary>
    private void Dismiss(PoolMember member)
    {
        if (member.IsReady)
        {
            _roster.Tell(new PoolCommand.WorkerLeaves(member.Id));
            return;
        }

        member.Leaves = true;
        member.End();
    }
}
