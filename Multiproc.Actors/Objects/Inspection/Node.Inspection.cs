using Multiproc.Objects.Inspection;

namespace Multiproc.Nodes;

/// <content>Who waits where, and for whom.</content>
internal sealed partial class Node
{
    private DeadlockWatch? _deadlocks;

    /// <summary>Looks for deadlocks by itself, when it is told whom to tell.</summary>
    public DeadlockWatch Deadlocks => _deadlocks ?? Interlocked.CompareExchange(ref _deadlocks, new DeadlockWatch(this), null) ?? _deadlocks;
}
