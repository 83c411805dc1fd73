using System.Runtime.InteropServices;

namespace Multiproc.Connections;

/// <summary>A handle sent by another process, whose transfer is still pending.</summary>
internal interface IPendingHandle
{
    /// <summary>Waits for the handle.</summary>
    /// <exception cref="ConnectionLostException">The sender has exited, or has given the handle to another receiver.</exception>
    SafeHandle Wait();

    /// <summary>Releases the handle unused.</summary>
    void Abandon();
}
