using System.Diagnostics;
using Multiproc.Managers;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// Base class of the proxies for objects that are used by messages only and live in a manager, or in the process that made them. Reading returns copies. A
/// proxy can be sent to any process and still refers to the same object; two proxies are equal when they refer to the same object, regardless of its contents.
/// </summary>
[DebuggerDisplay("{DebuggerText,nq}")]
public abstract class BaseProxy : SharedObject
{
    private protected BaseProxy(ObjectHandle handle)
        : base(handle)
    {
    }

    /// <summary>Serializes a dictionary key.</summary>
    /// <exception cref="ArgumentNullException">The key is null.</exception>
    private protected Payload PackKey<T>(T key) => Pack(PackedItems.RequireKey(key));

    /// <exception cref="ArgumentNullException">A key is null.</exception>
    private protected Payload[] PackKeys<T>(IEnumerable<T> keys) => [.. keys.Select(PackKey)];

    private protected Payload[] PackAll<T>(IEnumerable<T> items) => [.. items.Select(Pack)];

    private string DebuggerText => $"<{Identity}>";

    /// <summary>
    /// Returns the referent's contents as text, like Python's <c>str()</c>, by a call to the manager. When the manager is gone, returns a description of the
    /// proxy instead.
    /// </summary>
    /// <returns>For example "[1, 2, 3]".</returns>
    public sealed override string ToString()
    {
        try
        {
            return Describe();
        }
        catch (Exception failure) when (failure is MultiprocException or ObjectDisposedException or InvalidOperationException)
        {
            return $"<{Identity}; the referent cannot be read>";
        }
    }

    /// <summary>Fetches the referent and formats its contents.</summary>
    private protected abstract string Describe();
}
