using Akka.Actor;
using Multiproc.Actors.Placing;
using Multiproc.Nodes;

namespace Multiproc;

public sealed partial class MultiprocContext
{
    /// <inheritdoc cref="Mp.ActorSystem"/>
    public static ActorSystem ActorSystem => Node.Current.ActorSystems.Current;

    /// <summary>Gets the HOCON that an actor system of the program needs to be given to <see cref="From"/>: its provider, transport and serializers.</summary>
    public static string ActorConfig => Actors.ActorConfig.Remote;

    /// <summary>
    /// Makes an actor system of the program, such as that of Akka.Hosting, the one that <see cref="ActorSystem"/> gives in this process: actors of children
    /// join
    /// it.
    /// </summary>
    /// <param name="system">The system, made with <see cref="ActorConfig"/> as a fallback of its own configuration.</param>
    /// <returns>The default context.</returns>
    /// <exception cref="ArgumentNullException">The system is null.</exception>
    /// <exception cref="ArgumentException">The system was made without <see cref="ActorConfig"/>.</exception>
    /// <exception cref="InvalidOperationException">This process has another system already.</exception>
    /// <example>
    /// <code>
    /// var system = ActorSystem.Create("shop", own.WithFallback(ConfigurationFactory.ParseString(MultiprocContext.ActorConfig)));
    /// MultiprocContext.From(system);
    /// </code>
    /// </example>
    public static MultiprocContext From(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        Node.Current.ActorSystems.Use(system);
        return Default;
    }

    /// <summary>
    /// Starts an actor in a process of its own. It can crash, leak or hang without harm to this process, and is killed with its process. The process ends when
    /// the actor has stopped.
    /// </summary>
    /// <param name="props">How the actor is made: by its type and arguments that can be sent, as <c>Props.Create&lt;Worker&gt;(arguments)</c>.</param>
    /// <param name="options">The name of the actor, and the limits of the process; null (the default) for a name that Akka chooses and no limits.</param>
    /// <returns>
    /// The reference of the actor, a child of this system's <c>/user</c>: its exceptions are supervised from there, and watching it tells of the end of its
    /// process, too.
    /// </returns>
    /// <exception cref="ArgumentNullException">The props are null.</exception>
    /// <exception cref="ProcessStartException">The process could not be started.</exception>
    /// <exception cref="InvalidActorNameException">The name is taken or malformed.</exception>
    public IActorRef ActorOf(Props props, ActorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(props);
        return ActorProcesses.Start(Process(ActorProcesses.Stay, daemon: true, options: options?.Process), props, options?.Name);
    }
}
