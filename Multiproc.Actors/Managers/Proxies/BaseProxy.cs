using System.Diagnostics;
using Multiproc.Peers;

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
