namespace Multiproc.States;

/// <summary>
/// What a step wants done, as data: answers to callers, and the moment at which the state wants to be woken.
/// The shell performs and clears them after each step.
/// </summary>
internal sealed class Effects
{
    private readonly List<(Caller Caller, Answer Answer)> _answers = [];

    public IReadOnlyList<(Caller Caller, Answer Answer)> Answers => _answers;

    /// <summary>When <see cref="LifeCommand.DeadlinePassed"/> is wanted; null when this step did not say.</summary>
    public Instant? Deadline { get; private set; }

    public void Reply(Caller caller, Answer answer)
    {
        if (caller.WantsAnswer)
        {
            _answers.Add((caller, answer));
        }
    }

    /// <summary>Replaces the armed deadline; <see cref="Instant.Never"/> disarms it.</summary>
    public void Arm(Instant deadline) => Deadline = deadline;

    public void Clear()
    {
        _answers.Clear();
        Deadline = null;
    }
}
