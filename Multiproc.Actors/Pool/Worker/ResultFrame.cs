using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc.Pool.Workers;

/// <summary>
/// The frame of a result, written in place: the value is serialized behind the head, whose open fields are filled in afterwards. Has its own
/// writer, since user code runs while the frame is open and may send frames itself.
/// </summary>
internal sealed class ResultFrame
{
    private const int LargestKept = 8 * 1024 * 1024;
    private const int WaitedAt = 3;
    private const int TookAt = 7;
    private const int MoreAt = 11;

    public WireWriter Writer { get; private set; } = NewWriter();

    public void Begin(int job)
    {
        Peer.BeginService(Writer, Service.Pool);
        Writer.Byte((byte)PoolMessage.Result);
        Writer.VarUInt((uint)job);
    }

    public void BeginLast(int job, bool hasResult)
    {
        Peer.BeginService(Writer, Service.Pool);
        Writer.Byte((byte)PoolMessage.LastResult);
        Writer.Take(MoreAt + 1 - WaitedAt);
        Writer.Bool(hasResult);
        Writer.VarUInt((uint)job);
    }

    public void FinishLast(TimeSpan waited, TimeSpan took, bool more)
    {
        Writer.PatchInt32(WaitedAt, Microseconds(waited));
        Writer.PatchInt32(TookAt, Microseconds(took));
        Writer.PatchByte(MoreAt, more ? (byte)1 : (byte)0);
    }

    /// <summary>Releases a buffer that a single huge result has made too large.</summary>
    public void Trim()
    {
        Writer.Reset();
        if (Writer.Capacity > LargestKept)
        {
            Writer = NewWriter();
        }
    }

    private static WireWriter NewWriter() => new() { KeepsPieces = true };

    private static int Microseconds(TimeSpan time) => (int)Math.Min(time.TotalMicroseconds, int.MaxValue);
}
