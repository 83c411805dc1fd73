using Multiproc.Connections;

namespace Multiproc;

public sealed partial class MultiprocContext
{
    /// <summary>Makes two connections that are each other's other end.</summary>
    /// <param name="duplex">True (the default): both send and receive. False: the first only receives, the second only sends.</param>
    /// <returns>The two ends; either can be sent to another process.</returns>
    /// <exception cref="MultiprocException">No descriptor is free.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on this system.</exception>
    public (Connection First, Connection Second) Pipe(bool duplex = true) => PipePair.Create(duplex);
}
