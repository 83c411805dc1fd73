using Akka.Actor;

namespace Multiproc;

public static partial class Mp
{
    /// <summary>
    /// Gets the actor system of this process. It starts when it is first used, or when another process sends to one of its actors, and reaches the systems of
    /// all processes of the program. A reference to one of its actors can be an argument, an item of a queue, or part of any other value.
    /// </summary>
    /// <example>
    /// <code>
    /// var printer = Mp.ActorSystem.ActorOf(Props.Create&lt;Printer&gt;());
    /// var child = Mp.Process(static printer => printer.Tell("hello"), printer);
    /// </code>
    /// </example>
    public static ActorSystem ActorSystem => MultiprocContext.ActorSystem;

    /// <inheritdoc cref="MultiprocContext.ActorOf"/>
    public static IActorRef ActorOf(Props props, ActorOptions? options = null) => Default.ActorOf(props, options);
}
