using System.IO.MemoryMappedFiles;
using System.Text;

namespace Multiproc.Peers.Calls;

/// <summary>
/// Shared memory as .NET has it: a mapped file under a named mutex. There are no named events outside of Windows, so each side looks again and again whether
/// there is something for it.
/// </summary>
internal sealed class MutexPeer : IPeer
{
    public const string Kind = "mutex";

    private readonly string _path = ServedProcess.NewPath();
    private readonly Channel _channel;
    private readonly ServedProcess _process;

    public MutexPeer()
    {
        _channel = new Channel(_path);
        _process = new ServedProcess(Kind, _path);
    }

    public static async Task ServeAsync(string path)
    {
        using var channel = new Channel(path);
        bool isOver = false;
        var thread = new Thread(() =>
        {
            var turn = new SpinWait();
            while (!Volatile.Read(ref isOver))
            {
                if (channel.Serve())
                {
                    turn.Reset();
                }
                else
                {
                    turn.SpinOnce(sleep1Threshold: -1);
                }
            }
        });
        thread.Start();
        await ServedProcess.ServeUntilEndAsync().ConfigureAwait(false);
        Volatile.Write(ref isOver, true);
        thread.Join();
    }

    public ValueTask<string> CallAsync(string text) => ValueTask.FromResult(_channel.Call(text));

    public Task SendAsync(ReadOnlyMemory<byte> message, int count)
    {
        _channel.Send(message.Span, count);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _process.Dispose();
        _channel.Dispose();
        File.Delete(_path);
        return ValueTask.CompletedTask;
    }

    /// <summary>A place for one request and its reply, and one for messages that were not read yet.</summary>
    private sealed class Channel : IDisposable
    {
        private const int State = 0;
        private const int Length = 4;
        private const int Unread = 8;
        private const int Read = 16;
        private const int Text = 64;
        private const int Messages = 4096;
        private const int Capacity = 1024 * 1024;
        private const int Asked = 1;
        private const int Replied = 2;

        private readonly Mutex _mutex;
        private readonly MemoryMappedFile _file;
        private readonly MemoryMappedViewAccessor _memory;

        public Channel(string path)
        {
            _mutex = new Mutex(initiallyOwned: false, Path.GetFileName(path));
            _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Messages + Capacity);
            _memory = _file.CreateViewAccessor();
        }

        public string Call(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Locked(() =>
            {
                _memory.WriteArray(Text, bytes, 0, bytes.Length);
                _memory.Write(Length, bytes.Length);
                _memory.Write(State, Asked);
                return true;
            });
            Await(() => _memory.ReadInt32(State) == Replied);
            return Locked(() => TextOf());
        }

        public void Send(ReadOnlySpan<byte> message, int count)
        {
            byte[] bytes = message.ToArray();
            long before = _memory.ReadInt64(Read);
            for (int i = 0; i < count; i++)
            {
                Await(() =>
                {
                    int used = _memory.ReadInt32(Unread);
                    if (used + 4 + bytes.Length > Capacity)
                    {
                        return false;
                    }

                    _memory.Write(Messages + used, bytes.Length);
                    _memory.WriteArray(Messages + used + 4, bytes, 0, bytes.Length);
                    _memory.Write(Unread, used + 4 + bytes.Length);
                    return true;
                });
            }

            Await(() => _memory.ReadInt64(Read) == before + count);
        }

        /// <returns>Whether there was anything to do.</returns>
        public bool Serve() => Locked(() =>
        {
            bool found = false;
            if (_memory.ReadInt32(State) == Asked)
            {
                byte[] reply = Encoding.UTF8.GetBytes(TextOf());
                _memory.WriteArray(Text, reply, 0, reply.Length);
                _memory.Write(State, Replied);
                found = true;
            }

            int unread = _memory.ReadInt32(Unread);
            int count = 0;
            for (int at = 0; at < unread; count++)
            {
                byte[] message = new byte[_memory.ReadInt32(Messages + at)];
                _memory.ReadArray(Messages + at + 4, message, 0, message.Length);
                at += 4 + message.Length;
            }

            _memory.Write(Read, _memory.ReadInt64(Read) + count);
            _memory.Write(Unread, 0);
            return found || count > 0;
        });

        public void Dispose()
        {
            _memory.Dispose();
            _file.Dispose();
            _mutex.Dispose();
        }

        private string TextOf()
        {
            byte[] bytes = new byte[_memory.ReadInt32(Length)];
            _memory.ReadArray(Text, bytes, 0, bytes.Length);
            return Encoding.UTF8.GetString(bytes);
        }

        private void Await(Func<bool> isTrue)
        {
            var turn = new SpinWait();
            while (!Locked(isTrue))
            {
                turn.SpinOnce(sleep1Threshold: -1);
            }
        }

        private T Locked<T>(Func<T> use)
        {
            _mutex.WaitOne();
            try
            {
                return use();
            }
            finally
            {
                _mutex.ReleaseMutex();
            }
        }
    }
}
