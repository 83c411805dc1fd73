using Akka.Actor;

namespace Multiproc.Actors;

/// <summary>
/// Creates an actor by a delegate. <see cref="Props.Create{TActor}(System.Linq.Expressions.Expression{Func{TActor}}, SupervisorStrategy)"/> would take an
/// expression tree and compile it.
/// </summary>
internal sealed class Producer(Func<ActorBase> create, Type type) : IIndirectActorProducer
{
    public Type ActorType => type;

    public ActorBase Produce() => create();

    public void Release(ActorBase actor)
    {
        // Nothing is kept per actor, so there is nothing to release.
    }
}
