namespace Multiproc;

/// <summary>Why an item of a queue became a dead letter.</summary>
public enum DeadLetterReason
{
    /// <summary>It went back to the queue more often than <see cref="SharedQueueOptions.MaxRedeliveries"/> allows.</summary>
    Redelivered,

    /// <summary>Nobody took it in its time to live, and <see cref="SharedQueueOptions.KeepExpired"/> is set.</summary>
    Expired,
}
