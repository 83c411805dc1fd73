using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc.Pool.Workers;

/// <summary>
/// The frame in which a result leaves, written in place: the value is serialized behind the head, and what is known only afterwards is filled in. Its own
/// writer, since a user's code runs while it is open and may send frames itself.
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

    /// <summary>A single huge result is not paid for ever.</summary>
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
