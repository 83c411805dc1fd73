using Multiproc.States;

namespace Multiproc.Peers;

/// <summary>The first byte of a frame between processes. The numbers are on the wire.</summary>
internal enum FrameKind : byte
{
    /// <summary>Who the sender is, and the process number that it gave to the receiver.</summary>
    Hello = 1,

    /// <summary>A command that wants an answer: call id, object id, command.</summary>
    Ask = 2,

    /// <summary>A command that wants none: object id, command.</summary>
    Tell = 3,

    /// <summary>The answer to a call: call id, answer.</summary>
    Reply = 4,

    /// <summary>The caller no longer waits: call id, object id.</summary>
    Cancel = 5,

    /// <summary>Asks for a mapping of one of the receiver's memory segments: segment token.</summary>
    Memory = 6,

    /// <summary>A message of one of the <see cref="Service"/>s: service, its own bytes.</summary>
    Service = 7,

    /// <summary>Asks for a descriptor that the receiver has sent in a message: its token.</summary>
    Descriptor = 8,

    /// <summary>The caller has given a call up and receives no answer to it: call id, object id, whether its time was over.</summary>
    GiveUp = 9,
}

/// <summary>The parts of the product that speak over a peer beside shared objects.</summary>
internal enum Service : byte
{
    Process = 1,
    Pool = 2,

    /// <summary>A child that was started without an inherited connection says which one it is.</summary>
    Ticket = 3,

    /// <summary>Where in the code a thread waits for a call, for reports of deadlocks.</summary>
    CallSite = 4,

    /// <summary>Which process of the system one is that the asked node knows by a number.</summary>
    ProcessNumber = 5,
}
