using Akka.Actor;
using Akka.Configuration;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Actors.Remote;

/// <summary>One system that speaks over links and over TCP by Akka's own transport, as a node of a cluster does.</summary>
public sealed class BesideDotNettyTests
{
    private const string Name = "twice";
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    [Fact]
    public void TwoSystemsOfOneName_ReachEachOtherAndTheirProcesses()
    {
        using var told = Mp.Queue<string>();
        InChild.Run(() =>
        {
            var config = ConfigurationFactory.ParseString(MultiprocContext.ActorConfig);
            using var ours = ActorSystem.Create(Name, Speaking("multiproc.link-transport", "akka.remote.dot-netty.tcp").WithFallback(config));
            MultiprocContext.From(ours);

            // Another machine's system, by Akka's own provider. It needs our serializer, as both sides of a connection need one that they share.
            using var theirs = ActorSystem.Create(
                Name, Speaking("akka.remote.dot-netty.tcp").WithFallback("akka.actor.provider = remote").WithFallback(config));
            theirs.ActorOf(Props.Create<Echo>(), "echo");
            var overTcp = ours.ActorSelection($"{Listening(theirs)}/user/echo").ResolveOne(s_bound).GetAwaiter().GetResult();
            told.Put(overTcp.Ask<string>("over TCP", s_bound).GetAwaiter().GetResult());

            // Over links, to a process of its own, beside it.
            var overLink = Mp.ActorOf(Props.Create<Echo>());
            told.Put(overLink.Path.Address.Protocol);
            told.Put($"{overLink.Ask<int>(new GetPid(), s_bound).GetAwaiter().GetResult() != Environment.ProcessId}");
            using var probe = new ActorProbe();
            probe.Watch(overTcp);
            theirs.Terminate().Wait(s_bound).ShouldBeTrue();
            probe.Expect<Terminated>("the end of the actor in the system that was reached over TCP").ActorRef.ShouldBe(overTcp);
            told.Put(overLink.Ask<string>("still there", s_bound).GetAwaiter().GetResult());
        });
        told.Get(s_bound).ShouldBe("over TCP");
        told.Get(s_bound).ShouldBe("akka.mp");
        told.Get(s_bound).ShouldBe("True");
        told.Get(s_bound).ShouldBe("still there");
    }

    private static Config Speaking(params string[] transports) => ConfigurationFactory.ParseString(
        $$"""
        akka.remote {
          enabled-transports = [{{string.Join(", ", transports.Select(static each => $"\"{each}\""))}}]
          dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        }
        """);

    private static Address Listening(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;
}
