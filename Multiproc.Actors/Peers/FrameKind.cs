namespace Multiproc.Peers;

/// <summary>The first byte of a frame between processes. The numbers are on the wire.</summary>
internal enum FrameKind : byte
{
    /// <summary>The hello: identifies the sender, and tells the process number that it gave to the receiver.</summary>
    Hello = 1,

    /// <summary>A command that wants a reply: call id, object id, command.</summary>
    Ask = 2,

    /// <summary>A command that wants none: object id, command.</summary>
    Tell = 3,

    /// <summary>The reply to a call: call id, reply.</summary>
    Reply = 4,

    /// <summary>The caller no longer waits: call id, object id.</summary>
    Cancel = 5,

    /// <summary>Asks for a mapping of one of the receiver's memory segments: segment token.</summary>
    Memory = 6,

    /// <summary>A message of one of the <see cref="Service"/>s: service, its own bytes.</summary>
    Service = 7,

    /// <summary>Asks for a descriptor that the receiver has sent in a message: its token.</summary>
    Descriptor = 8,

    /// <summary>The caller has given up a call and receives no reply to it: call id, object id, whether its timeout passed.</summary>
    GiveUp = 9,
}

/// <summary>The parts of the library that use a peer in addition to shared objects.</summary>
internal enum Service : byte
{
    Process = 1,
    Pool = 2,

    /// <summary>Identifies a child that was started without an inherited connection.</summary>
    Ticket = 3,

    /// <summary>Asks where in the code a thread waits for a call, for deadlock reports.</summary>
    CallSite = 4,

    /// <summary>Asks for the process id of a process that the receiver knows by a number.</summary>
    ProcessNumber = 5,

    /// <summary>Asks who waits for whom at the locks of the receiver, for deadlock reports.</summary>
    LockWait = 6,

    /// <summary>Messages of actors to actors.</summary>
    Actors = 7,
}
