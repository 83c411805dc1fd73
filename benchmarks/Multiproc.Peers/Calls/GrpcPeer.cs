using System.Net.Sockets;
using System.Text;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Multiproc.Peers.Calls;

/// <summary>gRPC over a Unix socket: a unary call, and a client's stream. Its messages are bare text and bytes, which costs less than Protobuf.</summary>
internal sealed class GrpcPeer : IPeer
{
    public const string Kind = "grpc";

    private static readonly Method<string, string> s_echo = new(
        MethodType.Unary, "Peer", nameof(EchoService.EchoAsync), Marshallers.Create(Encoding.UTF8.GetBytes, Encoding.UTF8.GetString),
        Marshallers.Create(Encoding.UTF8.GetBytes, Encoding.UTF8.GetString));

    private static readonly Method<byte[], string> s_take = new(
        MethodType.ClientStreaming, "Peer", nameof(EchoService.TakeAsync), Marshallers.Create(static bytes => bytes, static bytes => bytes),
        Marshallers.Create(Encoding.UTF8.GetBytes, Encoding.UTF8.GetString));

    private readonly ServedProcess _process;
    private readonly GrpcChannel _channel;
    private readonly CallInvoker _invoker;

    private GrpcPeer(ServedProcess process, string path)
    {
        _process = process;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
        _invoker = _channel.CreateCallInvoker();
    }

    public static async Task<IPeer> StartAsync()
    {
        string path = ServedProcess.NewPath();
        var process = new ServedProcess(Kind, path);
        await process.ReadyAsync().ConfigureAwait(false);
        return new GrpcPeer(process, path);
    }

    public static async Task ServeAsync(string path)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(path, static listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        var app = builder.Build();
        await using (app.ConfigureAwait(false))
        {
            app.MapGrpcService<EchoService>();
            await app.StartAsync().ConfigureAwait(false);
            await ServedProcess.ServeUntilEndAsync().ConfigureAwait(false);
            await app.StopAsync().ConfigureAwait(false);
        }
    }

    public async ValueTask<string> CallAsync(string text) => await _invoker.AsyncUnaryCall(s_echo, null, default, text).ConfigureAwait(false);

    public async Task SendAsync(ReadOnlyMemory<byte> message, int count)
    {
        byte[] bytes = message.ToArray();
        using var call = _invoker.AsyncClientStreamingCall(s_take, null, new CallOptions(writeOptions: new WriteOptions(WriteFlags.BufferHint)));
        for (int i = 0; i < count; i++)
        {
            await call.RequestStream.WriteAsync(bytes).ConfigureAwait(false);
        }

        await call.RequestStream.CompleteAsync().ConfigureAwait(false);
        string read = await call.ResponseAsync.ConfigureAwait(false);
        if (read != $"{count}")
        {
            throw new InvalidOperationException($"Of {count} messages {read} came.");
        }
    }

    public ValueTask DisposeAsync()
    {
        _channel.Dispose();
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>What the compiler of Protobuf would generate.</summary>
    [BindServiceMethod(typeof(EchoBase), nameof(Bind))]
    private abstract class EchoBase
    {
        /// <summary>The service is null while the methods are only described.</summary>
        public static void Bind(ServiceBinderBase binder, EchoBase? service)
        {
            binder.AddMethod(s_echo, service is null ? null : service.EchoAsync);
            binder.AddMethod(s_take, service is null ? null : service.TakeAsync);
        }

        public abstract Task<string> EchoAsync(string text, ServerCallContext context);

        public abstract Task<string> TakeAsync(IAsyncStreamReader<byte[]> messages, ServerCallContext context);
    }

    private sealed class EchoService : EchoBase
    {
        public override Task<string> EchoAsync(string text, ServerCallContext context) => Task.FromResult(text);

        public override async Task<string> TakeAsync(IAsyncStreamReader<byte[]> messages, ServerCallContext context)
        {
            int count = 0;
            while (await messages.MoveNext(context.CancellationToken).ConfigureAwait(false))
            {
                count++;
            }

            return $"{count}";
        }
    }
}
