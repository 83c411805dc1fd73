namespace Multiproc;

/// <summary>An object that lives in a manager, for who looks after it: see <see cref="BaseManager.DebugInfo"/>.</summary>
/// <param name="Id">Its number in the manager.</param>
/// <param name="Kind">For example "list".</param>
/// <param name="Holders">How many processes have proxies of it; with 0 it is inside another object, or was let go of a moment ago.</param>
public sealed record ManagedObject(long Id, string Kind, int Holders);
