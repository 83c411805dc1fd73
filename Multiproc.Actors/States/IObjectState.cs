namespace Multiproc.States;

/// <summary>
/// A shared object as a deterministic machine: the same commands give the same state and the same effects. No clock, no task,
/// no lock, no randomness, no I/O. A command is the object's own command or a <see cref="LifecycleEvent"/>.
/// </summary>
internal interface IObjectState
{
    void Step(Caller caller, ICommand command, Instant now, Effects effects);

    /// <summary>Takes a snapshot of the state for inspection; changes nothing. The waiters are not part of it: the shell knows them.</summary>
    StateSnapshot TakeSnapshot() => StateSnapshot.Nothing;
}
