namespace Multiproc.Peers.Calls;

/// <summary>This library: a user's object in a manager's process for calls, a queue for messages.</summary>
internal sealed class MultiprocPeer : IPeer
{
    private readonly EchoManager _manager = new();
    private readonly IEcho _echo;
    private readonly SharedQueue<byte[]> _messages = Mp.Queue<byte[]>();
    private readonly SharedQueue<int> _counts = Mp.Queue<int>();
    private readonly ChildProcess _reader;

    public MultiprocPeer()
    {
        _manager.Start();
        _echo = _manager.Create<IEcho>();
        _reader = Mp.Process(Read, _messages, _counts);
        _reader.Start();
    }

    public ValueTask<string> CallAsync(string text) => ValueTask.FromResult(_echo.Echo(text));

    public Task SendAsync(ReadOnlyMemory<byte> message, int count)
    {
        byte[] item = message.ToArray();
        for (int i = 0; i < count; i++)
        {
            _messages.Put(item);
        }

        _messages.Put([]);
        int read = _counts.Get();
        return read == count ? Task.CompletedTask : throw new InvalidOperationException($"Of {count} messages {read} came.");
    }

    public async ValueTask DisposeAsync()
    {
        _reader.Kill();
        await _reader.JoinAsync().ConfigureAwait(false);
        _reader.Dispose();
        _messages.Dispose();
        _counts.Dispose();
        await _manager.DisposeAsync().ConfigureAwait(false);
    }

    private static void Read(SharedQueue<byte[]> messages, SharedQueue<int> counts)
    {
        while (true)
        {
            int count = 0;
            while (messages.Get().Length > 0)
            {
                count++;
            }

            counts.Put(count);
        }
    }

    /// <summary>The interface of the proxy; public, as run-time generated proxies require.</summary>
    public interface IEcho
    {
        string Echo(string text);
    }

    private sealed class EchoObject : IEcho
    {
        public string Echo(string text) => text;
    }

    private sealed class EchoManager : BaseManager<EchoManager>
    {
        static EchoManager() => Register<IEcho, EchoObject>("Echo");
    }
}
