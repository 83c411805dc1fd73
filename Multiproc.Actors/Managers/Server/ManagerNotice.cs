using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>Messages that a manager sends to itself, processed in turn with the commands of its callers.</summary>
internal abstract record ManagerNotice : ICommand
{
    /// <summary>A user's object was constructed: registers it as an object of the manager.</summary>
    public sealed record Adopt(Caller To, string TypeId, ObjectRunner Runner, Action<Reply>? Reply) : ManagerNotice;

    /// <summary>Sends a reply that leaves nothing to register.</summary>
    public sealed record Finish(Caller To, Reply Reply) : ManagerNotice;

    /// <summary>An object of the manager reports which other objects are inside it.</summary>
    public sealed record Surveyed(IReadOnlyList<long> Inside) : ManagerNotice;
}
