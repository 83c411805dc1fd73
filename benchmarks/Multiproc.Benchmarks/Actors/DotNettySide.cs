using Akka.Actor;
using Akka.Configuration;

namespace Multiproc.Benchmarks.Actors;

/// <summary>The same actor behind Akka.Remote over DotNetty's TCP on loopback, between the same two processes.</summary>
internal static class DotNettySide
{
    private static readonly Dictionary<bool, ActorSystem> s_systems = [];

    /// <summary>Starts a system with or without write batching. DotNetty's limit of a frame is raised for the messages of 1 MiB.</summary>
    public static ActorSystem Start(bool batching) => ActorSystem.Create($"dotnetty-{(batching ? "on" : "off")}", ConfigurationFactory.ParseString($$"""
        akka {
          loglevel = ERROR
          stdout-loglevel = ERROR
          actor.provider = remote
          remote.log-remote-lifecycle-events = off
          remote.dot-netty.tcp {
            hostname = "127.0.0.1"
            port = 0
            batching.enabled = {{(batching ? "on" : "off")}}
            maximum-frame-size = 16000000b
            send-buffer-size = 16000000b
            receive-buffer-size = 16000000b
          }
        }
        """));

    /// <summary>The work of the other process: serves an echo in each of two systems until it is killed, and tells where they are.</summary>
    public static void Serve(SharedQueue<string> paths, SharedEvent end)
    {
        foreach (bool batching in (bool[])[true, false])
        {
            var system = s_systems[batching] = Start(batching);
            var echo = system.ActorOf(Props.Create<EchoActor>(), "echo");
            paths.Put(echo.Path.ToStringWithAddress(((ExtendedActorSystem)system).Provider.DefaultAddress));
        }

        end.Wait();
    }
}
