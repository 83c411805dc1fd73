namespace Multiproc.Actors.Remote;

/// <summary>The first byte of a message of the service for actors. The numbers are on the wire.</summary>
internal enum ActorFrame : byte
{
    /// <summary>A message to an actor: receipt number or 0, recipient, sender, payload.</summary>
    Message = 1,

    /// <summary>A part of a message that is too large for one frame: number of the message, its whole size, bytes. The last part completes it.</summary>
    Part = 2,

    /// <summary>A message that refers to shared objects was read, and need not be kept by its sender any more: receipt number.</summary>
    Receipt = 3,

    /// <summary>Opens an association of Akka's own transport: number of the sender's end, name of its actor system, host in its address.</summary>
    Associate = 4,

    /// <summary>Accepts one: number of the receiver's end, number of the sender's end.</summary>
    Associated = 5,

    /// <summary>A protocol data unit of Akka's own transport: number of the receiver's end, bytes.</summary>
    Unit = 6,

    /// <summary>Ends an association: number of the receiver's end.</summary>
    Disassociate = 7,

    /// <summary>Asks for an answer that comes after all that was sent before: number.</summary>
    Barrier = 8,

    /// <summary>The answer: number.</summary>
    Passed = 9,
}
