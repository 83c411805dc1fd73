using Multiproc.Serialization;
using Multiproc.Tests.Connections;

namespace Multiproc.Tests.Serialization;

/// <summary>Values of more bytes than a message can have are refused with the size, the limit and a way out; before they are copied.</summary>
public sealed class TooLargeTests
{
    private const int Limit = 1000;

    [Fact]
    public void Take_MoreThanTheLimit_SaysBothAndKeepsWhatWasWritten()
    {
        var writer = new WireWriter { Limit = Limit };
        writer.Raw(new byte[Limit]);
        string said = Should.Throw<SerializationException>(() => writer.Byte(1)).Message;
        said.ShouldContain("1001 bytes");
        said.ShouldContain("which can have 1000");
        said.ShouldContain("SendBytes");
        said.ShouldContain("SharedMemoryBlock");
        writer.Length.ShouldBe(Limit);
        writer.RefusedBytes.ShouldBe(Limit + 1);
        writer.Reset();
        writer.RefusedBytes.ShouldBe(0);
    }

    [Fact] // a large array that stays where it is counts too
    public void Total_PiecesOverTheLimit_IsRefused()
    {
        const int Large = 100_000;
        var writer = new WireWriter { Limit = Large + 10, KeepsPieces = true };
        writer.RawArray(new byte[Large]);
        writer.Raw(new byte[11]);
        Should.Throw<SerializationException>(() => writer.Total).Message.ShouldContain("100011 bytes");
    }

    [Fact] // C-30: pages that nobody touches take no memory
    public void Send_MoreThanAnArrayHolds_NothingIsSentAndThePipeGoesOn()
    {
        using var pipe = new Pair();
        byte[] bytes = GC.AllocateUninitializedArray<byte>(Array.MaxLength);
        string said = Should.Throw<SerializationException>(() => pipe.First.Send(bytes)).Message;
        said.ShouldContain("cannot send System.Byte[]: ");
        said.ShouldContain("which can have 2147483591");
        pipe.First.Send(7);
        pipe.Second.Recv<int>(TimeSpan.Zero).ShouldBe(7);
    }

    [Fact] // more bytes than an int can count
    public async Task Send_ArrayOfMoreThan2GiB_IsRefusedBothWays()
    {
        using var pipe = new Pair();
        long[] numbers = GC.AllocateUninitializedArray<long>(300_000_000);
        Should.Throw<SerializationException>(() => pipe.First.Send(numbers)).Message.ShouldContain("cannot send System.Int64[]: ");
        (await Should.ThrowAsync<SerializationException>(async () => await pipe.First.SendAsync(numbers))).Message.ShouldContain("2400000");
    }
}
