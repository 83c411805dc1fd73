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
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        multiproc-inline-dispatcher {
          type = Dispatcher
          executor = "Multiproc.Actors.InlineExecutorConfigurator, Multiproc.Actors"
          throughput = 128
        }
        multiproc-object-mailbox.mailbox-type = "Multiproc.Actors.ObjectMailbox, Multiproc.Actors"
        """;

    public static Config Make()
    {
        var defaults = ConfigurationFactory.ParseString(Defaults);
        string own = Processes.Settings.Current.Akka;
        return own.Length == 0 ? defaults : ConfigurationFactory.ParseString(own).WithFallback(defaults);
    }
}
