using System.IO.Pipes;
using System.Text;

namespace Multiproc.Peers.Calls;

/// <summary>A named pipe of <see cref="System.IO.Pipes"/> with a length before each message, buffered while nothing is waited for.</summary>
internal sealed class PipePeer : IPeer
{
    public const string Kind = "pipe";

    private readonly ServedProcess _process;
    private readonly BinaryWriter _writer;
    private readonly BinaryReader _reader;

    private PipePeer(ServedProcess process, Stream pipe)
    {
        _process = process;
        (_writer, _reader) = Buffered(pipe);
    }

    public static async Task<IPeer> StartAsync()
    {
        string name = Path.GetFileName(ServedProcess.NewPath());
        var process = new ServedProcess(Kind, name);
        await process.ReadyAsync().ConfigureAwait(false);
        var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.None);
        await pipe.ConnectAsync().ConfigureAwait(false);
        return new PipePeer(process, pipe);
    }

    public static async Task ServeAsync(string name)
    {
        var pipe = new NamedPipeServerStream(name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.None);
        await Console.Out.WriteLineAsync("ready").ConfigureAwait(false);
        await pipe.WaitForConnectionAsync().ConfigureAwait(false);
        var (writer, reader) = Buffered(pipe);
        int count = 0;
        try
        {
            while (true)
            {
                switch (reader.ReadByte())
                {
                    case (byte)'c':
                        writer.Write(reader.ReadString());
                        writer.Flush();
                        break;
                    case (byte)'m':
                        reader.ReadBytes(reader.ReadInt32());
                        count++;
                        break;
                    default:
                        writer.Write(count);
                        writer.Flush();
                        count = 0;
                        break;
                }
            }
        }
        catch (EndOfStreamException)
        {
            // The other side is done.
        }
    }

    public ValueTask<string> CallAsync(string text)
    {
        _writer.Write((byte)'c');
        _writer.Write(text);
        _writer.Flush();
        return ValueTask.FromResult(_reader.ReadString());
    }

    public Task SendAsync(ReadOnlyMemory<byte> message, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _writer.Write((byte)'m');
            _writer.Write(message.Length);
            _writer.Write(message.Span);
        }

        _writer.Write((byte)'n');
        _writer.Flush();
        int read = _reader.ReadInt32();
        return read == count ? Task.CompletedTask : throw new InvalidOperationException($"Of {count} messages {read} came.");
    }

    public async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private static (BinaryWriter Writer, BinaryReader Reader) Buffered(Stream pipe) =>
        (new BinaryWriter(new BufferedStream(pipe, 64 * 1024), Encoding.UTF8), new BinaryReader(new BufferedStream(pipe, 64 * 1024), Encoding.UTF8));
}
