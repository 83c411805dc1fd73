using Multiproc.Objects.Inspection;

namespace Multiproc.Nodes;

/// <content>Inspection: holders, waiters and deadlocks.</content>
internal sealed partial class Node
{
    private DeadlockWatch? _deadlocks;

    /// <summary>Checks for deadlocks on its own once it has a receiver for its reports.</summary>
    public DeadlockWatch Deadlocks => _deadlocks ?? Interlocked.CompareExchange(ref _deadlocks, new DeadlockWatch(this), null) ?? _deadlocks;
}
