namespace Multiproc.States;

/// <summary>
/// What a step wants done, as data: answers to callers, and the moment at which the state wants to be woken.
/// The shell performs and clears them after each step.
/// </summary>
internal sealed class Effects
{
    private readonly List<(Caller Caller, Reply Reply)> _replies = [];

    public IReadOnlyList<(Caller Caller, Reply Reply)> Replies => _replies;

    /// <summary>When <see cref="LifecycleEvent.DeadlinePassed"/> is wanted; null when this step did not say.</summary>
    public Instant? Deadline { get; private set; }

    public void Reply(Caller caller, Reply reply)
    {
        if (caller.WantsReply)
        {
            _replies.Add((caller, reply));
        }
    }

    /// <summary>Replaces the armed deadline; <see cref="Instant.Never"/> disarms it.</summary>
    public void Arm(Instant deadline) => Deadline = deadline;

    public void Clear()
    {
        _replies.Clear();
        Deadline = null;
    }
}
