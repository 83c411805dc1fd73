using Akka.Actor;
using Akka.Configuration;

namespace Multiproc.Peers.Calls;

/// <summary>Akka.Remote over its own transport, with its settings as they are.</summary>
internal sealed class AkkaPeer(ServedProcess process, ActorSystem system, IActorRef echo) : IPeer
{
    public const string Kind = "akka";

    private const string Settings = """
        akka {
          loglevel = WARNING
          actor.provider = remote
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        }
        """;

    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(60);

    public static async Task<IPeer> StartAsync()
    {
        var process = new ServedProcess(Kind);
        string path = await process.ReadyAsync().ConfigureAwait(false);
        var system = ActorSystem.Create("peer", ConfigurationFactory.ParseString(Settings));
        return new AkkaPeer(process, system, await system.ActorSelection(path).ResolveOne(s_bound).ConfigureAwait(false));
    }

    public static async Task ServeAsync()
    {
        var system = ActorSystem.Create("peer", ConfigurationFactory.ParseString(Settings));
        var echo = system.ActorOf(Props.Create<Echo>(), "echo");
        await ServedProcess.ServeUntilEndAsync(echo.Path.ToStringWithAddress(((ExtendedActorSystem)system).Provider.DefaultAddress)).ConfigureAwait(false);
        await system.Terminate().ConfigureAwait(false);
    }

    public async ValueTask<string> CallAsync(string text) => await echo.Ask<string>(text, s_bound).ConfigureAwait(false);

    public async Task SendAsync(ReadOnlyMemory<byte> message, int count)
    {
        byte[] bytes = message.ToArray();
        for (int i = 0; i < count; i++)
        {
            echo.Tell(bytes);
        }

        int read = await echo.Ask<int>(0, s_bound).ConfigureAwait(false);
        if (read != count)
        {
            throw new InvalidOperationException($"Of {count} messages {read} came.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await system.Terminate().ConfigureAwait(false);
        process.Dispose();
    }

    private sealed class Echo : ReceiveActor
    {
        private int _count;

        public Echo()
        {
            Receive<string>(text => Sender.Tell(text));
            Receive<byte[]>(_ => _count++);
            Receive<int>(_ =>
            {
                Sender.Tell(_count);
                _count = 0;
            });
        }
    }
}
