using Multiproc.Connections;

namespace Multiproc;

public sealed partial class MultiprocContext
{
    /// <summary>Creates a pair of connected connections.</summary>
    /// <param name="duplex">True (the default): both send and receive. False: the first only receives, the second only sends.</param>
    /// <returns>The two ends; either can be sent to another process.</returns>
    /// <exception cref="MultiprocException">The process has no free file descriptor.</exception>
    /// <exception cref="PlatformNotSupportedException">This system has no support for pipes between processes.</exception>
    public (Connection First, Connection Second) Pipe(bool duplex = true) => PipePair.Create(duplex);
}
