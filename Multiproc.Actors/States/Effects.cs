namespace Multiproc.States;

/// <summary>
/// The effects of a step, as data: replies to callers, and the moment at which the state wants to be woken. The shell performs and clears them after each
/// step.
/// </summary>
internal sealed class Effects
{
    private readonly List<(Caller Caller, Reply Reply)> _replies = [];

    public IReadOnlyList<(Caller Caller, Reply Reply)> Replies => _replies;

    /// <summary>The moment to send <see cref="LifecycleEvent.DeadlinePassed"/>; null when this step did not change it.</summary>
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
