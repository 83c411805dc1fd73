namespace Multiproc.Kernel;

/// <summary>What to do with an actor that threw.</summary>
internal enum Directive
{
    /// <summary>Go on with the next message; the state is kept.</summary>
    Resume,

    /// <summary>Make a new instance; the mailbox is kept, the message that failed is not.</summary>
    Restart,

    Stop,

    /// <summary>Fail oneself, with the same exception.</summary>
    Escalate,
}

/// <summary>Decides about one child at a time, and stops a child that is restarted too often.</summary>
/// <param name="Decide">The directive for an exception.</param>
/// <param name="MaxRestarts">How many restarts are allowed within <paramref name="Within"/>; the next failure stops the child.</param>
/// <param name="Within">The length of the window.</param>
internal sealed record SupervisorStrategy(Func<Exception, Directive> Decide, int MaxRestarts = 10, TimeSpan? Within = null)
{
    /// <summary>Restart, at most ten times in ten seconds.</summary>
    public static SupervisorStrategy Default { get; } = new(_ => Directive.Restart);

    public static SupervisorStrategy AlwaysStop { get; } = new(_ => Directive.Stop);

    public TimeSpan Window => Within ?? TimeSpan.FromSeconds(10);
}
