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
            pipe.First.Send(17L);
            pipe.Second.Recv<long>();
            pipe.First.Send(1.5);
            pipe.Second.Recv<double>();
            pipe.First.Send(true);
            pipe.Second.Recv<bool>();
        }).ShouldBe(0);
    }

    [Fact]
    public void Structs_AllocateNothing()
    {
        using var pipe = new Pair();
        var place = new Place(1, 2.5);
        Allocated(() =>
        {
            pipe.First.Send(place);
            pipe.Second.Recv<Place>();
        }).ShouldBe(0);
    }

    [Fact]
    public void TupleWithText_AllocatesTheText()
    {
        using var pipe = new Pair();
        string text = "abc";
        long textItself = Allocated(() => _ = new string(text.AsSpan()));
        Allocated(() =>
        {
            pipe.First.Send((1, text, 2.5));
            pipe.Second.Recv<(int, string, double)>();
        }).ShouldBe(textItself);
    }

    [Fact]
    public void Record_AllocatesItself()
    {
        using var pipe = new Pair();
        var sent = new Note(1, 2.5);
        long recordItself = Allocated(() => _ = new Note(1, 2.5));
        Allocated(() =>
        {
            pipe.First.Send(sent);
            pipe.Second.Recv<Note>();
        }).ShouldBe(recordItself);
    }

    private static long Allocated(Action round)
    {
        // A type that is sent often gets accessors of its own.
        for (int i = 0; i < 100; i++)
        {
            round();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
        {
            round();
        }

        return (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
    }

    private readonly record struct Place(int Number, double Size);

    private sealed record Note(int Number, double Size);
}
