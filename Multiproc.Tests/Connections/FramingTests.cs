using System.Buffers.Binary;
using System.Text;
using Multiproc.Connections;

namespace Multiproc.Tests.Connections;

/// <summary>CPython's framing, byte by byte.</summary>
public sealed class FramingTests
{
    [Theory] // C-13
    [InlineData(0UL, "00000000")]
    [InlineData(5UL, "00000005")]
    [InlineData(0x7FFFFFFFUL, "7FFFFFFF")]
    [InlineData(0x80000000UL, "FFFFFFFF0000000080000000")]
    [InlineData(0x123456789AUL, "FFFFFFFF000000123456789A")]
    public void Header_OfASize_IsCPythons(ulong size, string expected)
    {
        byte[] header = new byte[MessageHeader.LongBytes];
        int length = MessageHeader.Write(header, size);
        Convert.ToHexString(header, 0, length).ShouldBe(expected);
    }

    [Fact]
    public void SendBytes_OnTheWire_IsLengthAndBytes()
    {
        using var pair = new RawPair();
        pair.Ours.SendBytes("abc"u8);
        Read(pair, 7).ShouldBe([0, 0, 0, 3, .. "abc"u8]);
    }

    [Fact] // C-13: a small message may come with the long header
    public void RecvBytes_LongHeader_IsRead()
    {
        using var pair = new RawPair();
        pair.Raw.Send([0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 2, .. "hi"u8]);
        pair.Ours.RecvBytes().ShouldBe("hi"u8.ToArray());
        pair.Raw.Send([0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 9]);
        pair.Ours.RecvBytesAsync().AsTask().GetAwaiter().GetResult().ShouldBe([9]);
    }

    [Fact] // C-13: what no array can hold is refused before anything is allocated
    public void RecvBytes_3GiBAnnounced_IsRefusedAtOnce()
    {
        using var pair = new RawPair();
        byte[] header = [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(4), 3UL << 30);
        pair.Raw.Send(header);
        Should.Throw<IOException>(() => pair.Ours.RecvBytes()).Message.ShouldContain("3221225472");
        pair.Ours.Readable.ShouldBeFalse();
    }

    [Fact] // C-13: pages that are only read take no memory, and what arrives is only counted
    public async Task SendBytes_Over2GiB_HasTheLongHeader()
    {
        const int Elements = (1 << 28) + 1;
        using var pair = new RawPair();
        nint memory = Allocate(Elements);
        try
        {
            var sending = Task.Run(() => Send(pair.Ours, memory, Elements));
            byte[] header = Read(pair, MessageHeader.LongBytes);
            long size = 8L * Elements;
            MessageHeader.ReadShort(header).ShouldBe(MessageHeader.LongMark);
            MessageHeader.ReadLong(header.AsSpan(MessageHeader.ShortBytes)).ShouldBe(size);
            byte[] chunk = new byte[1024 * 1024];
            for (long rest = size; rest > 0;)
            {
                int received = pair.Raw.Receive(chunk.AsSpan(0, (int)Math.Min(rest, chunk.Length)));
                received.ShouldBeGreaterThan(0);
                rest -= received;
            }

            await sending.WaitAsync(Support.InChild.Bound);
        }
        finally
        {
            Free(memory);
        }
    }

    [Theory] // C-21
    [InlineData("FFFFFFFE")]
    [InlineData("80000000")]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFF")]
    public void RecvBytes_NegativeSize_IsRefused(string header)
    {
        using var pair = new RawPair();
        pair.Raw.Send(Convert.FromHexString(header));
        Should.Throw<IOException>(() => pair.Ours.RecvBytes()).Message.ShouldContain("Bad message length");
    }

    [Fact] // C-15
    public void RecvBytes_EndInTheHeader_IsAnIOExceptionButNoEndOfStream()
    {
        using var pair = new RawPair();
        pair.Raw.Send([0, 0]);
        pair.Raw.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        Should.Throw<IOException>(() => pair.Ours.RecvBytes()).ShouldNotBeOfType<EndOfStreamException>();
    }

    [Fact] // bytes come as they please
    public async Task RecvBytes_OneByteAtATime_IsAMessage()
    {
        using var pair = new RawPair();
        var received = Task.Run(() => pair.Ours.RecvBytes());
        foreach (byte each in (byte[])[0, 0, 0, 4, .. "slow"u8])
        {
            pair.Raw.Send([each]);
        }

        Encoding.ASCII.GetString(await received.WaitAsync(Support.InChild.Bound)).ShouldBe("slow");
        var receivedAsync = pair.Ours.RecvBytesAsync().AsTask();
        foreach (byte each in (byte[])[0, 0, 0, 4, .. "calm"u8])
        {
            pair.Raw.Send([each]);
            await Task.Yield();
        }

        Encoding.ASCII.GetString(await receivedAsync.WaitAsync(Support.InChild.Bound)).ShouldBe("calm");
    }

    [Fact] // a unauthenticated peer who announces much costs little
    public void RecvBytes_1GiBAnnouncedNothingSent_TakesNoGiB()
    {
        using var pair = new RawPair();
        long before = GC.GetAllocatedBytesForCurrentThread();
        pair.Raw.Send([0x40, 0, 0, 0]);
        pair.Raw.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        Should.Throw<IOException>(() => pair.Ours.RecvBytes());
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100 * 1024 * 1024);
    }

    [Fact] // random bytes and random cuts: an error or a message, and never more than is there
    public void RecvBytes_RandomBytes_NeverHangsOrCrashes()
    {
        var random = new Random(11);
        for (int round = 0; round < 300; round++)
        {
            using var pair = new RawPair();
            pair.Ours.MaxMessageSize = 1000;
            byte[] noise = new byte[random.Next(40)];
            random.NextBytes(noise);
            if (random.Next(2) == 0)
            {
                noise.AsSpan(0, Math.Min(3, noise.Length)).Clear();
            }

            pair.Raw.Send(noise);
            pair.Raw.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            Should.Throw<IOException>(() =>
            {
                while (true)
                {
                    pair.Ours.RecvBytes().Length.ShouldBeLessThan(noise.Length);
                }
            });
        }
    }

    private static unsafe nint Allocate(int elements) => (nint)System.Runtime.InteropServices.NativeMemory.AllocZeroed((nuint)elements, sizeof(long));

    private static unsafe void Free(nint memory) => System.Runtime.InteropServices.NativeMemory.Free((void*)memory);

    private static unsafe void Send(Connection connection, nint memory, int elements) =>
        connection.SendBytes(new ReadOnlySpan<long>((void*)memory, elements));

    private static byte[] Read(RawPair pair, int size)
    {
        byte[] bytes = new byte[size];
        for (int done = 0; done < size;)
        {
            done += pair.Raw.Receive(bytes.AsSpan(done));
        }

        return bytes;
    }
}
