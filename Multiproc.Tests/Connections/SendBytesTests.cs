namespace Multiproc.Tests.Connections;

/// <summary>What is written as bytes is sent as bytes.</summary>
public sealed class SendBytesTests
{
    [Fact]
    public async Task Bytes_HoweverTheyAreWritten_AreSentAsBytes()
    {
        using var pipe = new Pair();
        byte[] array = [7, 8];
        ReadOnlySpan<byte> span = array;
        pipe.First.SendBytes([1, 2, 3]);
        pipe.Second.RecvBytes().ShouldBe([1, 2, 3]);
        pipe.First.SendBytes([.. array, 255], offset: 1);
        pipe.Second.RecvBytes().ShouldBe([8, 255]);
        pipe.First.SendBytes("ab"u8);
        pipe.Second.RecvBytes().ShouldBe("ab"u8.ToArray());
        pipe.First.SendBytes(span);
        pipe.Second.RecvBytes().ShouldBe(array);
        pipe.First.SendBytes(array, size: 1);
        pipe.Second.RecvBytes().ShouldBe([7]);
        await pipe.First.SendBytesAsync(array);
        pipe.Second.RecvBytes().ShouldBe(array);
    }

    [Fact]
    public void Buffer_OfOtherElements_IsSentAsItsMemory()
    {
        using var pipe = new Pair();
        int[] numbers = [1, 2, 3];
        pipe.First.SendBytes<int>(numbers);
        pipe.Second.RecvBytes().Length.ShouldBe(12);
        pipe.First.SendBytes<int>([1, 2, 3]);
        pipe.Second.RecvBytes().Length.ShouldBe(12);
    }

    [Fact]
    public void AuthKeys_WrittenAsCollections_AreBytes()
    {
        using var manager = new SyncManager(authKey: [1, 2, 3]);
        manager.Start();
        manager.Value(5).Value.ShouldBe(5);
    }
}
