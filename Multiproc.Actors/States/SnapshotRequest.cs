namespace Multiproc.States;

/// <summary>Asks an object's shell for a snapshot of the object. The reply is null when the object has ended.</summary>
internal sealed record SnapshotRequest(TaskCompletionSource<ObjectSnapshot?> Done) : IObjectMessage
{
    public void ObjectGone(IReplyTo node) => Done.TrySetResult(null);
}

/// <summary>The shell's reply: the snapshot of the state, and the waiters with the start of their waits.</summary>
internal sealed record ObjectSnapshot(StateSnapshot View, IReadOnlyDictionary<Caller, Instant> Waiting);
