using System.Diagnostics;
using Multiproc.Peers;

namespace Multiproc;

/// <summary>
/// A facade of an object that lives in a manager's process. What it gives are copies; it can be sent anywhere and stays the same object, and two
/// proxies are equal when they are of the same object, whatever it holds.
/// </summary>
[DebuggerDisplay("{DebuggerText,nq}")]
public abstract class BaseProxy : SharedObject
{
    private protected BaseProxy(ObjectHandle handle)
        : base(handle)
    {
    }

    private string DebuggerText => $"<{Identity}>";

    /// <summary>The referent as text, as Python's str(); asks the manager. When that is gone, names the proxy instead.</summary>
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

    /// <summary>Asks for the referent and says what it holds.</summary>
    private protected abstract string Describe();
}
