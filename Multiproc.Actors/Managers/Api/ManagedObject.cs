namespace Multiproc;

/// <summary>Describes an object that lives in a manager, for diagnostics; returned by <see cref="BaseManager.DebugInfo"/>.</summary>
/// <param name="Id">The object's number, unique in the manager.</param>
/// <param name="Kind">The object's type, for example "list".</param>
/// <param name="Holders">The number of processes that hold proxies of it; 0 if it is stored in another object only, or was released a moment ago.</param>
/// <param name="Text">
/// A short summary of its state, such as "entries 3" or "value 1, limit 2"; empty for objects of user types. Contents are not shown, since the server does not
/// deserialize them.
/// </param>
public sealed record ManagedObject(long Id, string Kind, int Holders, string Text);
