using System.Runtime.InteropServices;
using System.Threading.Channels;
using Multiproc.Connections;
using Multiproc.Connections.Windows;
using Multiproc.Tests.Support;
using Multiproc.Transport;

namespace Multiproc.Tests.Connections;

/// <summary>Messages over a pipe that keeps their borders, as those of Windows do. The pipe itself is made up here: there is none on this system.</summary>
public sealed class PacketTests
{
    [Fact] // C-03, C-05, C-06, C-09
    public void Messages_KeepTheirBorders()
    {
        var (first, second) = Connected();
        using (first)
        using (second)
        {
            second.Poll().ShouldBeFalse();
            first.SendBytes<byte>([]);
            second.Poll(InChild.Bound).ShouldBeTrue();
            second.Poll().ShouldBeTrue();
            second.RecvBytes().ShouldBeEmpty();
            first.Send(("a", 1));
            second.Recv<(string, int)>(InChild.Bound).ShouldBe(("a", 1));
            byte[] large = new byte[300_000];
            new Random(1).NextBytes(large);
            first.SendBytes<byte>(large);
            second.RecvBytes(timeout: InChild.Bound).ShouldBe(large);
            first.SendBytes("12345"u8);
            Should.Throw<BufferTooShortException>(() => second.RecvBytesInto(new byte[4])).Received.Length.ShouldBe(5);
            first.SendBytes("678"u8);
            byte[] buffer = new byte[5];
            second.RecvBytesInto(buffer, 1).ShouldBe(3);
            buffer.ShouldBe("\0678\0"u8.ToArray());
        }
    }

    [Fact] // C-14, C-21, C-22
    public void EndsTimesAndLimits_AreThoseOfOtherConnections()
    {
        var (first, second) = Connected();
        Should.Throw<MultiprocTimeoutException>(() => second.RecvBytes(timeout: TimeSpan.FromMilliseconds(10)));
        first.SendBytes("after the wait"u8);
        second.RecvBytes(timeout: InChild.Bound).Length.ShouldBe(14);
        first.SendBytes<byte>(new byte[100_000]);
        Should.Throw<IOException>(() => second.RecvBytes(70_000)).Message.ShouldContain("Bad message length");
        second.Readable.ShouldBeFalse();
        second.SendBytes("still"u8);
        second.Close();
        first.RecvBytes(timeout: InChild.Bound).Length.ShouldBe(5);
        Should.Throw<EndOfStreamException>(() => first.RecvBytes(timeout: InChild.Bound));
        Should.Throw<SerializationException>(() => second.Send(first)).Message.ShouldContain("Windows pipe");
        first.Close();
        Should.Throw<IOException>(() => first.Send(1)).Message.ShouldContain("closed");
    }

    [Fact] // A-13: the handshake is the same
    public async Task Handshake_OverPackets_BothProveTheKey()
    {
        var (first, second) = Connected();
        byte[] key = [1, 2, 3];
        var listening = Task.Run(() => Handshake.AsListener(first, key, default));
        Handshake.AsClient(second, key, Deadline.Never, default);
        await listening.WaitAsync(InChild.Bound);
    }

    [Theory] // A-08
    [InlineData(@"\\.\pipe\name")]
    [InlineData(@"\\server\pipe\name")]
    public void WindowsNames_OnThisSystem_AreRefused(string address)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "they are names there");
        Should.Throw<ArgumentException>(() => new Listener(address));
        Should.Throw<ArgumentException>(() => Client.Connect(address));
        Should.Throw<ArgumentException>(() => Client.ConnectAsync(address).AsTask().GetAwaiter().GetResult());
    }

    private static (Connection First, Connection Second) Connected()
    {
        var there = Channel.CreateUnbounded<byte[]>();
        var back = Channel.CreateUnbounded<byte[]>();
        return (Of(new MadeUpPipe(there.Writer, back.Reader)), Of(new MadeUpPipe(back.Writer, there.Reader)));

        static Connection Of(MadeUpPipe pipe) => new(new PacketStream(pipe, new Endpoint(pipe.Handle, "connection")));
    }

    /// <summary>Closing its handle is closing the pipe, as for the real one.</summary>
    private sealed class MadeUpPipe(ChannelWriter<byte[]> writer, ChannelReader<byte[]> reader) : IPacketPipe
    {
        private ReadOnlyMemory<byte>? _rest;

        public SafeHandle Handle { get; } = new ClosingHandle(writer);

        public ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation) => writer.WriteAsync(message.ToArray(), cancellation);

        public async ValueTask<PacketPart> ReadAsync(Memory<byte> target, CancellationToken cancellation)
        {
            if (_rest is null)
            {
                if (!await reader.WaitToReadAsync(cancellation))
                {
                    return new PacketPart(0, IsLast: true, IsEnd: true);
                }

                _rest = await reader.ReadAsync(cancellation);
            }

            var rest = _rest.Value;
            int size = Math.Min(rest.Length, target.Length);
            rest[..size].CopyTo(target);
            _rest = size == rest.Length ? (ReadOnlyMemory<byte>?)null : rest[size..];
            return new PacketPart(size, _rest is null, IsEnd: false);
        }

        public void Dispose() => Handle.Dispose();

        private sealed class ClosingHandle : SafeHandle
        {
            private readonly ChannelWriter<byte[]> _writer;

            public ClosingHandle(ChannelWriter<byte[]> writer)
                : base(0, ownsHandle: true)
            {
                _writer = writer;
                SetHandle(1);
            }

            public override bool IsInvalid => false;

            protected override bool ReleaseHandle() => _writer.TryComplete();
        }
    }
}
