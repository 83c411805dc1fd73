namespace Multiproc.States;

/// <summary>A question to an object's shell: what it is like now. Answered by null when the object has ended.</summary>
internal sealed record SnapshotRequest(TaskCompletionSource<ObjectSnapshot?> Done) : IObjectMessage
{
    public void ObjectGone(IReplyTo node) => Done.TrySetResult(null);
}

/// <summary>What the shell answers: the state's view, and who waits since when.</summary>
internal sealed record ObjectSnapshot(StateSnapshot View, IReadOnlyDictionary<Caller, Instant> Waiting);
