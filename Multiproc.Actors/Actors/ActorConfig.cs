using Akka.Configuration;

namespace Multiproc.Actors;

/// <summary>How the actor system of a process is configured: the program's own settings, and below them what this library needs.</summary>
internal static class ActorConfig
{
    public const string Inline = "multiproc-inline-dispatcher";
    public const string Mailbox = "multiproc-object-mailbox";

    /// <remarks>
    /// No logger actor (the start would wait for it), no hook at process exit (a process shuts down in an order of its own), and our serializer in place of the
    /// one for JSON, whose library would otherwise be loaded at each start.
    /// </remarks>
    private const string Defaults = """
        akka {
          stdout-logger-class = "Multiproc.Actors.AkkaLog, Multiproc.Actors"
          loggers = ["Multiproc.Actors.AkkaLog, Multiproc.Actors"]
          stdout-loglevel = WARNING
          loglevel = WARNING
          log-dead-letters = off
          actor.serializers.json = "Multiproc.Actors.WireSerializer, Multiproc.Actors"
          actor.default-dispatcher.type = "Multiproc.Actors.QuickDispatcher, Multiproc.Actors"
          actor.internal-dispatcher.type = "Multiproc.Actors.QuickDispatcher, Multiproc.Actors"
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        multiproc-inline-dispatcher {
          type = "Multiproc.Actors.QuickDispatcher, Multiproc.Actors"
          executor = "Multiproc.Actors.InlineExecutorConfigurator, Multiproc.Actors"
          throughput = 128
        }
        multiproc-object-mailbox.mailbox-type = "Multiproc.Actors.ObjectMailbox, Multiproc.Actors"
        """;

    /// <summary>
    /// The actors of the objects' system never block, Akka's own included. On the threads that send to them they need none of the pool's, which may all be
    /// busy, or wait for the object.
    /// </summary>
    private const string Objects = """
        akka.actor {
          default-dispatcher.executor = "Multiproc.Actors.InlineExecutorConfigurator, Multiproc.Actors"
          internal-dispatcher.executor = "Multiproc.Actors.InlineExecutorConfigurator, Multiproc.Actors"
        }
        """;

    /// <summary>The name of the actor systems that this library starts.</summary>
    public const string SystemName = "multiproc";

    /// <summary>
    /// What an actor system needs to reach the actors of other processes over links. Numbers and texts too are written by our serializer, which puts them into
    /// the frame without an array between.
    /// </summary>
    public const string Remote = """
        akka {
          actor {
            provider = "Multiproc.Actors.Remote.LinkActorRefProvider, Multiproc.Actors"
            serializers {
              json = "Multiproc.Actors.WireSerializer, Multiproc.Actors"
              hyperion = "Multiproc.Actors.Remote.HyperionMessages, Multiproc.Actors"
            }
            serialization-bindings {
              "System.Object" = json
              "System.String" = json
              "System.Int32" = json
              "System.Int64" = json
            }
          }
          remote {
            enabled-transports = ["multiproc.link-transport"]
            log-remote-lifecycle-events = off
          }
        }
        multiproc.link-transport {
          transport-class = "Multiproc.Actors.Remote.LinkTransport, Multiproc.Actors"
          transport-protocol = mp
          applied-adapters = []
        }
        """;

    /// <summary>Whether the program has settings of its own for Akka.</summary>
    public static bool HasOwn => Processes.Settings.Current.Akka.Length != 0;

    /// <summary>The configuration of the system in which the objects of this library live.</summary>
    public static Config Make() => WithOwn(ConfigurationFactory.ParseString(Objects + Defaults));

    /// <summary>The configuration of the system that the program uses.</summary>
    public static Config MakeRemote() => WithOwn(ConfigurationFactory.ParseString(Remote).WithFallback(ConfigurationFactory.ParseString(Defaults)));

    private static Config WithOwn(Config defaults)
    {
        string own = Processes.Settings.Current.Akka;
        return QuickConfig.Of(own.Length == 0 ? defaults : ConfigurationFactory.ParseString(own).WithFallback(defaults));
    }
}
