namespace Multiproc.Kernel;

/// <summary>An actor was asked that has ended.</summary>
internal sealed class ActorTerminatedException(string message) : MultiprocException(message);
