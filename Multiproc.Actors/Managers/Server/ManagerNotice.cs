using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>What a manager tells itself, in turn with the commands of its callers.</summary>
internal abstract record ManagerNotice : ICommand
{
    /// <summary>A user's object was made: it becomes one of the manager's.</summary>
    public sealed record Adopt(Caller To, string TypeId, ObjectRunner Runner, Action<Reply>? Reply) : ManagerNotice;

    /// <summary>What was asked is answered, and the manager has nothing to keep.</summary>
    public sealed record Finish(Caller To, Reply Reply) : ManagerNotice;

    /// <summary>An object of the manager says which others are inside it.</summary>
    public sealed record Surveyed(IReadOnlyList<long> Inside) : ManagerNotice;
}
