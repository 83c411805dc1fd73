using System.Runtime.InteropServices;

namespace Multiproc.Connections.Pipes;

/// <summary>What both sides of a pipe and all processes that hold an end of it share, beside the rings.</summary>
[StructLayout(LayoutKind.Explicit, Size = Bytes)]
internal struct PipeSide
{
    public const int Bytes = 512;

    /// <summary>How many hold this side. None means that it is closed; more may be told than there are, since a killed process leaves without a word.</summary>
    [FieldOffset(0)]
    public int Holders;

    /// <summary>How many processes wait for this side's socket. As above.</summary>
    [FieldOffset(4)]
    public int Pollers;

    /// <summary>Who of this side sends; see <see cref="PipeTurn"/>.</summary>
    [FieldOffset(64)]
    public int SendTurn;

    /// <summary>Who of this side receives.</summary>
    [FieldOffset(128)]
    public int ReceiveTurn;

    /// <summary>Futex of those of this side who sleep until something comes; changes when something did.</summary>
    [FieldOffset(192)]
    public int DataBell;

    /// <summary>1: somebody sleeps there. Whoever takes it back to 0 wakes them.</summary>
    [FieldOffset(196)]
    public int DataSleeps;

    /// <summary>1: somebody waits for the socket until something comes. Whoever takes it back to 0 sends a byte there.</summary>
    [FieldOffset(200)]
    public int DataPolls;

    /// <summary>Futex of those of this side who sleep until there is room to send.</summary>
    [FieldOffset(256)]
    public int RoomBell;

    /// <summary>1: somebody waits for the socket until there is room.</summary>
    [FieldOffset(260)]
    public int RoomPolls;
}
