using Akka.Actor;

namespace Multiproc.Actors;

/// <summary>
/// The parent of all actors of this library. A child that throws is stopped, not restarted: a new instance would begin with an empty state, which is worse than
/// none.
/// </summary>
internal sealed class Supervisor(TaskCompletionSource<ActorCell> started) : UntypedActor
{
    /// <param name="started">
    /// Receives the supervisor's cell, through which any thread can create children: their names are reserved by compare-and-swap.
    /// </param>
    public static Props Make(TaskCompletionSource<ActorCell> started) =>
        Props.CreateBy(new Producer(() => new Supervisor(started), typeof(Supervisor)));

    protected override void PreStart() => started.TrySetResult((ActorCell)Context);

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(static _ => Directive.Stop);

    protected override void OnReceive(object message) => Unhandled(message);
}
