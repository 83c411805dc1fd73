using System.Runtime.InteropServices;

namespace Multiproc.Connections;

/// <summary>A handle that another process has sent, and that is on its way.</summary>
internal interface IPendingHandle
{
    /// <summary>Waits for it.</summary>
    /// <exception cref="ConnectionLostException">Its sender has ended, or has given it to somebody else.</exception>
    SafeHandle Wait();

    /// <summary>It will not be used.</summary>
    void Abandon();
}
