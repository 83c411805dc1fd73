using Akka.Actor;
using Multiproc.Actors;
using Multiproc.Nodes;
using Multiproc.States;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Actors;

/// <summary>The actor system of a process: who runs actors, what becomes of messages to the ended, and who has no system at all.</summary>
public sealed class ActorHostTests
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    [Fact]
    public void Tell_ToAnIdleActor_RunsItOnTheSendersThread()
    {
        int ran = 0;
        var actor = Start(_ => ran = Environment.CurrentManagedThreadId);
        actor.Tell("go");
        ran.ShouldBe(Environment.CurrentManagedThreadId);
        actor.Stop();
    }

    [Fact]
    public void Tell_WithinAnActor_IsALoopAndNoRecursion()
    {
        const int Length = 20_000;
        int received = 0;
        var chain = new ActorHandle[2];
        chain[0] = Start(message => Pass(chain[1], message));
        chain[1] = Start(message => Pass(chain[0], message));
        chain[0].Tell(Length);
        Await.Until("all messages of the chain", () => Volatile.Read(ref received) == Length + 1, s_bound);
        chain[0].Stop();
        chain[1].Stop();

        void Pass(ActorHandle next, object message)
        {
            Interlocked.Increment(ref received);
            if (message is int left and > 0)
            {
                next.Tell(left - 1);
            }
        }
    }

    [Fact]
    public void Tell_FromManyThreads_RunsOneMessageAtATimeAndLosesNone()
    {
        const int Threads = 4;
        const int Each = 20_000;
        int inside = 0;
        int overlaps = 0;
        int received = 0;
        var actor = Start(_ =>
        {
            overlaps += Interlocked.Increment(ref inside) - 1;
            received++;
            Interlocked.Decrement(ref inside);
        });
        Parallel.For(0, Threads, _ =>
        {
            for (int i = 0; i < Each; i++)
            {
                actor.Tell("go");
            }
        });
        Await.Until("all messages", () => Volatile.Read(ref received) == Threads * Each, s_bound);
        overlaps.ShouldBe(0);
        actor.Stop();
    }

    [Fact]
    public void Message_ToAnObjectThatEnded_IsAnswered()
    {
        var hosted = Node.Current.Actors.Host(new NothingState());
        var inside = new Probe();
        hosted.Tell(inside);
        inside.WasGone.ShouldBeFalse();
        hosted.Stop();
        var late = new Probe();
        hosted.Tell(late);
        Await.Until("the answer to a message that came too late", () => late.WasGone, s_bound);
    }

    [Fact]
    public void Messages_OfAnObjectThatFails_AreAnswered()
    {
        var hosted = Node.Current.Actors.Host(new NothingState());
        hosted.Tell(new Delivery(default, new Failing()));
        var late = new Probe();
        hosted.Tell(late);
        Await.Until("the answer to a message behind the failure", () => late.WasGone, s_bound);
    }

    [Fact]
    public void Child_ThatOnlyUsesTheObjectsOfOthers_LoadsNoAkka()
    {
        using var queue = Mp.JoinableQueue<string>();
        using var gate = Mp.Lock();
        using var number = Mp.Value(0L);
        using var happened = Mp.Event();
        InChild.Run(() =>
        {
            using (gate.Hold())
            {
                number.Add(1);
            }

            happened.Set();
            queue.Put(string.Join(' ', AppDomain.CurrentDomain.GetAssemblies().Select(static each => each.GetName().Name)));
        });
        string loaded = queue.Get(s_bound);
        queue.TaskDone();
        loaded.ShouldContain("Multiproc.Actors");
        loaded.ShouldNotContain("Akka");
        loaded.ShouldNotContain("Newtonsoft");
    }

    [Fact]
    public void PoolWorker_LoadsNoAkka()
    {
        using var pool = Mp.Pool(1);
        pool.Apply(static () => AppDomain.CurrentDomain.GetAssemblies().Any(static each => each.GetName().Name == "Akka")).ShouldBeFalse();
    }

    [Fact]
    public void Child_ThatMakesAnObject_HasAnActorSystemOfItsOwn()
    {
        using var queue = Mp.Queue<bool>();
        InChild.Run(() =>
        {
            using var own = Mp.Queue<int>();
            own.Put(1);
            queue.Put(own.Get() == 1 && AppDomain.CurrentDomain.GetAssemblies().Any(static each => each.GetName().Name == "Akka"));
        });
        queue.Get(s_bound).ShouldBeTrue();
    }

    private static ActorHandle Start(Action<object> receive) => Node.Current.Actors.StartInline(() => new ActingActor(receive));

    private sealed class ActingActor(Action<object> receive) : UntypedActor
    {
        protected override void OnReceive(object message) => receive(message);
    }

    private sealed class Probe : IObjectMessage
    {
        private volatile bool _wasGone;

        public bool WasGone => _wasGone;

        public void ObjectGone(IReplyTo node) => _wasGone = true;
    }

    private sealed record Failing : ICommand;

    private sealed class NothingState : IObjectState
    {
        public void Step(Caller caller, ICommand command, Instant now, Effects effects)
        {
            if (command is Failing)
            {
                throw new FormatException("broken state");
            }
        }
    }
}
