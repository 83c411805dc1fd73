using System.IO.Pipes;
using System.Net.Sockets;
using StreamJsonRpc;

namespace Multiproc.Peers.Calls;

/// <summary>StreamJsonRpc: as most use it, with JSON over a named pipe, and in its fastest form, with MessagePack over a Unix socket.</summary>
internal sealed class JsonRpcPeer : IPeer
{
    public const string PipeKind = "jsonrpc-pipe";
    public const string SocketKind = "jsonrpc-socket";

    private readonly ServedProcess _process;
    private readonly JsonRpc _rpc;

    private JsonRpcPeer(ServedProcess process, JsonRpc rpc)
    {
        _process = process;
        _rpc = rpc;
        _rpc.StartListening();
    }

    public static async Task<IPeer> OverPipeAsync()
    {
        string name = Path.GetFileName(ServedProcess.NewPath());
        var process = new ServedProcess(PipeKind, name);
        await process.ReadyAsync().ConfigureAwait(false);
        var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
        await pipe.ConnectAsync().ConfigureAwait(false);
        return new JsonRpcPeer(process, new JsonRpc(pipe));
    }

    public static async Task<IPeer> OverSocketAsync()
    {
        string path = ServedProcess.NewPath();
        var process = new ServedProcess(SocketKind, path);
        await process.ReadyAsync().ConfigureAwait(false);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path)).ConfigureAwait(false);
        return new JsonRpcPeer(process, MessagePackOver(socket));
    }

    public static async Task ServePipeAsync(string name)
    {
        var pipe = new NamedPipeServerStream(name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
        var accepted = ServeAsync(pipe.WaitForConnectionAsync(), () => new JsonRpc(pipe));
        await ServedProcess.ServeUntilEndAsync().ConfigureAwait(false);
        await accepted.ConfigureAwait(false);
    }

    public static async Task ServeSocketAsync(string path)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        var accepting = listener.AcceptAsync();
        var accepted = ServeAsync(accepting, () => MessagePackOver(accepting.Result));
        await ServedProcess.ServeUntilEndAsync().ConfigureAwait(false);
        await accepted.ConfigureAwait(false);
        File.Delete(path);
    }

    public async ValueTask<string> CallAsync(string text) => await _rpc.InvokeAsync<string>(nameof(Target.Echo), text).ConfigureAwait(false);

    public async Task SendAsync(ReadOnlyMemory<byte> message, int count)
    {
        byte[] bytes = message.ToArray();
        for (int i = 0; i < count; i++)
        {
            await _rpc.NotifyAsync(nameof(Target.Take), bytes).ConfigureAwait(false);
        }

        await _rpc.InvokeAsync(nameof(Target.AwaitAllAsync), count).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        _rpc.Dispose();
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private static JsonRpc MessagePackOver(Socket socket)
    {
        var stream = new NetworkStream(socket, ownsSocket: true);
        return new JsonRpc(new LengthHeaderMessageHandler(stream, stream, new MessagePackFormatter()));
    }

    private static async Task ServeAsync(Task connected, Func<JsonRpc> make)
    {
        await connected.ConfigureAwait(false);
        var rpc = make();
        rpc.AddLocalRpcTarget(new Target());
        rpc.StartListening();
    }

    /// <summary>Its methods run on the thread pool, several at once: notifications are only counted.</summary>
    private sealed class Target
    {
        private readonly Lock _gate = new();
        private TaskCompletionSource? _all;
        private int _taken;
        private int _wanted = -1;

        public string Echo(string text) => text;

        public void Take(byte[] message)
        {
            lock (_gate)
            {
                _taken += message.Length > 0 ? 1 : 0;
                CompleteIfAll();
            }
        }

        public Task AwaitAllAsync(int count)
        {
            lock (_gate)
            {
                _wanted = count;
                var all = _all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                CompleteIfAll();
                return all.Task;
            }
        }

        private void CompleteIfAll()
        {
            if (_taken == _wanted)
            {
                _taken = 0;
                _wanted = -1;
                _all!.SetResult();
            }
        }
    }
}
