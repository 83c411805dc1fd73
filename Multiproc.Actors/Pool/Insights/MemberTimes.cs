namespace Multiproc.Pool;

/// <summary>How a worker spent its time. Written by the thread that delivers messages and read by any thread; an inconsistent snapshot does no harm.</summary>
internal sealed class MemberTimes
{
    public TimeSpan Start { get; set; }

    public long Chunks { get; private set; }

    public long Tasks { get; set; }

    public long WaitedMicroseconds { get; private set; }

    public long TookMicroseconds { get; private set; }

    public long SerializedMicroseconds { get; private set; }

    public long LongestChunk { get; private set; }

    public void AddChunk(int waited, int took)
    {
        Chunks++;
        WaitedMicroseconds += waited;
        TookMicroseconds += took;
        LongestChunk = Math.Max(LongestChunk, took);
    }

    public void AddSerialization(int microseconds) => SerializedMicroseconds += microseconds;
}
