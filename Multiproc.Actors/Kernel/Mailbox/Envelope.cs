namespace Multiproc.Kernel;

/// <summary>A message and who wants to hear of it.</summary>
internal readonly record struct Envelope(object Message, ActorRef? Sender);
