namespace Multiproc.Tests.Connections;

/// <summary>The synchronous path makes no garbage: messages per second must not depend on the collector.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 1000;

    [Fact]
    public void BytesIntoABuffer_AllocateNothing()
    {
        using var pipe = new Pair();
        byte[] message = new byte[64];
        byte[] target = new byte[64];
        Allocated(() =>
        {
            pipe.First.SendBytes<byte>(message);
            pipe.Second.RecvBytesInto(target);
        }).ShouldBe(0);
    }

    [Fact]
    public void Numbers_AllocateNothing()
    {
        using var pipe = new Pair();
        Allocated(() =>
        {
            pipe.First.Send(17);
            pipe.Second.Recv<int>();
        }).ShouldBe(0);
    }

    private static long Allocated(Action round)
    {
        round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
        {
            round();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
    }
}
