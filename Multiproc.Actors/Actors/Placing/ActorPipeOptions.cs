namespace Multiproc;

/// <summary>How <see cref="ActorPipes.PipeTo{T}(SharedQueueBase{T}, Akka.Actor.IActorRef, ActorPipeOptions?, CancellationToken)"/> delivers items.</summary>
public sealed record ActorPipeOptions
{
    /// <summary>
    /// Gets whether the actor acknowledges each item by an answer to its sender: then an item that was answered with a failure, or not at all by an actor that
    /// has stopped, goes back into the queue. Without it (the default) an item counts as delivered when it is sent.
    /// </summary>
    public bool Acknowledged { get; init; }

    /// <summary>
    /// Gets the largest number of items that are sent and not acknowledged; default 1, which keeps their order. Unused without acknowledgment.
    /// </summary>
    public int Unacknowledged { get; init; } = 1;

    /// <summary>
    /// Gets how long the actor may take to acknowledge an item before it goes back into the queue; null (the default) for as long as the actor lives. An actor
    /// that is restarted after an exception never answers what it failed at: give a time, or let the actor answer with a <c>Status.Failure</c>.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    internal ActorPipeOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout ?? TimeSpan.MaxValue, TimeSpan.Zero, nameof(Timeout));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Unacknowledged);
        return this;
    }
}
