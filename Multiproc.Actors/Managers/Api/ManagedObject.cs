namespace Multiproc;

/// <summary>An object that lives in a manager, for who looks after it: see <see cref="BaseManager.DebugInfo"/>.</summary>
/// <param name="Id">Its number in the manager.</param>
/// <param name="Kind">For example "list".</param>
/// <param name="Holders">How many processes have proxies of it; with 0 it is inside another object, or was let go of a moment ago.</param>
/// <param name="Text">What it holds, in short: "entries 3", "value 1, limit 2"; empty for what has no numbers, as a user's object. Values are not shown: the server does not open them.</param>
public sealed record ManagedObject(long Id, string Kind, int Holders, string Text);
