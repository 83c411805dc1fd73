using System.Collections.Concurrent;
using Akka.Actor;
using Multiproc.TestKit;

namespace Multiproc.Tests.Actors.Remote;

/// <summary>An actor of this process's system that keeps what it receives, for tests to look at.</summary>
internal sealed class ActorProbe : IDisposable
{
    private readonly ConcurrentQueue<object> _received = new();

    public ActorProbe() => Ref = Mp.ActorSystem.ActorOf(Props.Create(() => new Keeper(_received)));

    public IActorRef Ref { get; }

    /// <summary>Takes messages until one is of this type; others are thrown away.</summary>
    public T Expect<T>(string what)
    {
        T found = default!;
        Await.Until(what, () =>
        {
            while (_received.TryDequeue(out object? next))
            {
                if (next is T wanted)
                {
                    found = wanted;
                    return true;
                }
            }

            return false;
        });
        return found;
    }

    /// <summary>Watches an actor; its end is received as <see cref="Terminated"/>.</summary>
    public void Watch(IActorRef actor) => Ref.Ask<bool>(new WatchIt(actor)).GetAwaiter().GetResult();

    public void Dispose() => Mp.ActorSystem.Stop(Ref);

    internal sealed record WatchIt(IActorRef Actor);

    private sealed class Keeper(ConcurrentQueue<object> received) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is WatchIt it)
            {
                Context.Watch(it.Actor);
                Sender.Tell(true);
            }
            else
            {
                received.Enqueue(message);
            }
        }
    }
}
