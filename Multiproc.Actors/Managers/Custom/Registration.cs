namespace Multiproc.Managers;

/// <summary>A type that a manager can make: what was given to Register. Sent to the server, so all of it can be sent.</summary>
internal sealed record Registration(
    string TypeId, Type? Interface, Type? Class, Delegate? Callable, string[]? Exposed, Dictionary<string, string>? MethodToTypeId, bool CreateMethod, CallOrder Order)
{
    /// <summary>Whether this process can make it: a client may know only the name.</summary>
    public bool CanMake => Class is not null || Callable is not null;
}
