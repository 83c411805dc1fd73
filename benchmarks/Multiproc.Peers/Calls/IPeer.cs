namespace Multiproc.Peers.Calls;

/// <summary>A way to use another process, as a program would have it without this library; the other process runs when it exists.</summary>
internal interface IPeer : IAsyncDisposable
{
    /// <summary>Calls a method of the other process that returns the text.</summary>
    ValueTask<string> CallAsync(string text);

    /// <summary>Sends messages without replies; completes when the other process says that it has read them all.</summary>
    Task SendAsync(ReadOnlyMemory<byte> message, int count);
}

/// <summary>One of the ways.</summary>
/// <param name="Name">The column of the table.</param>
/// <param name="StartAsync">Starts the other process and connects to it.</param>
internal sealed record PeerKind(string Name, Func<Task<IPeer>> StartAsync)
{
    public static IReadOnlyList<PeerKind> All { get; } =
    [
        new("Multiproc, object and queue", () => Task.FromResult<IPeer>(new MultiprocPeer())),
        new("Multiproc, pipe", () => Task.FromResult<IPeer>(new ConnectionPeer())),
        new("StreamJsonRpc, named pipe, JSON", async () => await JsonRpcPeer.OverPipeAsync().ConfigureAwait(false)),
        new("StreamJsonRpc, Unix socket, MessagePack", async () => await JsonRpcPeer.OverSocketAsync().ConfigureAwait(false)),
        new("gRPC, Unix socket", async () => await GrpcPeer.StartAsync().ConfigureAwait(false)),
        new("Akka.Remote", async () => await AkkaPeer.StartAsync().ConfigureAwait(false)),
        new("JSON lines on stdin and stdout", () => Task.FromResult<IPeer>(new JsonLinesPeer())),
        new("System.IO.Pipes", async () => await PipePeer.StartAsync().ConfigureAwait(false)),
        new("Mutex and MemoryMappedFile", () => Task.FromResult<IPeer>(new MutexPeer())),
    ];
}
