namespace Multiproc.Managers;

/// <summary>A registered type: the arguments of Register. It is sent to the server, so all of its parts are sendable.</summary>
internal sealed record Registration(
    string TypeId, Type? Interface, Type? Class, Delegate? Callable, string[]? Exposed, Dictionary<string, string>? MethodToTypeId, bool CreateMethod,
    CallOrder Order)
{
    /// <summary>Whether this process can construct objects of the type; a client may know only its name.</summary>
    public bool CanMake => Class is not null || Callable is not null;
}
