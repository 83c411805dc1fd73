using System.Runtime.InteropServices;

namespace Multiproc.Connections.Pipes;

/// <summary>The state of one side of a pipe that is shared, besides the rings, by all processes that hold an end.</summary>
[StructLayout(LayoutKind.Explicit, Size = Bytes)]
internal struct PipeSide
{
    public const int Bytes = 512;

    /// <summary>The number of holders of this side; 0 means closed. It may be too high, since a killed process does not decrement it.</summary>
    [FieldOffset(0)]
    public int Holders;

    /// <summary>The number of processes that wait for this side's socket. It may be too high, since a killed process does not decrement it.</summary>
    [FieldOffset(4)]
    public int Pollers;

    /// <summary>The process of this side that sends; see <see cref="PipeTurn"/>.</summary>
    [FieldOffset(64)]
    public int SendTurn;

    /// <summary>The process of this side that receives; see <see cref="PipeTurn"/>.</summary>
    [FieldOffset(128)]
    public int ReceiveTurn;

    /// <summary>The futex on which processes of this side sleep until data arrives; changes with each arrival.</summary>
    [FieldOffset(192)]
    public int DataBell;

    /// <summary>1 if a process sleeps on the futex. The process that resets it to 0 wakes the sleepers.</summary>
    [FieldOffset(196)]
    public int DataSleeps;

    /// <summary>1 if a process waits for the socket until data arrives. The process that resets it to 0 sends a byte there.</summary>
    [FieldOffset(200)]
    public int DataPolls;

    /// <summary>The futex on which processes of this side sleep until there is room to send.</summary>
    [FieldOffset(256)]
    public int RoomBell;

    /// <summary>1 if a process waits for the socket until there is room.</summary>
    [FieldOffset(260)]
    public int RoomPolls;
}
