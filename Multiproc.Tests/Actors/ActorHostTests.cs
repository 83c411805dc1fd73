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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Message_AfterTheActorSystemEnded_IsAnsweredAsToAnObjectThatEnded(bool hasAnActor)
    {
        var node = new Node { HasListener = false };
        var hosted = node.Actors.Host(new NothingState());
        if (hasAnActor)
        {
            hosted.Tell(new Probe());
        }

        await node.Actors.System.Terminate().WaitAsync(s_bound, TestContext.Current.CancellationToken);
        var late = new Probe();
        hosted.Tell(late);
        Await.Until("the answer to a message after the end of the actor system", () => late.WasGone, s_bound);
    }

    [Fact]
    public void Object_StoppedBeforeItsFirstMessage_NeverHasAnActor()
    {
        var state = new NothingState();
        var hosted = Node.Current.Actors.Host(state);
        hosted.Stop();
        state.IsDisposed.ShouldBeTrue();
        var late = new Probe();
        hosted.Tell(late);
        late.WasGone.ShouldBeTrue();
    }

    [Fact]
    public void Object_StoppedWhileThreadsTellItForTheFirstTime_AnswersEach()
    {
        for (int round = 0; round < 200; round++)
        {
            var state = new NothingState();
            var hosted = Node.Current.Actors.Host(state);
            var probes = Enumerable.Range(0, 3).Select(static _ => new Probe()).ToArray();
            using var go = new Barrier(probes.Length + 1);
            var threads = probes.Select(probe => OwnThread.Run(() =>
            {
                go.SignalAndWait();
                hosted.Tell(new Delivery(default, new Nothing(probe)));
                hosted.Tell(probe);
            })).ToList();
            go.SignalAndWait();
            hosted.Stop();
            Await.Until("each sender is answered by the object or for it", () => probes.All(static probe => probe.WasGone || probe.WasTaken), s_bound);
            threads.ForEach(static thread => thread.Wait(s_bound).ShouldBeTrue());
            Await.Until("the state is disposed of, once", () => state.IsDisposed, s_bound);
        }
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
    public void Child_ThatMakesLocksAndNumbersOnly_StartsNoAkka()
    {
        using var queue = Mp.Queue<bool>();
        InChild.Run(() =>
        {
            using var gate = Mp.Lock();
            using var free = Mp.Semaphore(1);
            using var number = Mp.Value(0L);
            using (gate.Hold())
            {
                free.Acquire();
                number.Add(1);
                free.Release();
            }

            queue.Put(Node.Current.Actors.IsRunning);
        });
        queue.Get(s_bound).ShouldBeFalse();
    }

    [Fact]
    public void FirstObject_WhenAllThreadsOfThePoolAreBusyForGood_Works()
    {
        using var sum = Mp.Value(0);
        InChild.Run(() =>
        {
            const int Threads = 4;
            ThreadPool.SetMinThreads(Threads, Threads).ShouldBeTrue();
            ThreadPool.SetMaxThreads(Threads, Threads).ShouldBeTrue();
            using var begun = new Semaphore(0, Threads);
            using var end = new ManualResetEventSlim();
            for (int i = 0; i < Threads; i++)
            {
                ThreadPool.UnsafeQueueUserWorkItem(
                    _ =>
                    {
                        begun.Release();
                        end.Wait();
                    }, null);
            }

            for (int i = 0; i < Threads; i++)
            {
                begun.WaitOne();
            }

            using var own = Mp.Queue<int>();
            own.Put(1);
            using var gate = Mp.Event();
            gate.Set();
            sum.Value = own.Get() + (gate.Wait(TimeSpan.FromSeconds(1)) ? 1 : 0);
            end.Set();
        });
        sum.Value.ShouldBe(2);
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

    private static ActorHandle Start(Action<object> receive) => Node.Current.Actors.Inline(() => new ActingActor(receive));

    private sealed class ActingActor(Action<object> receive) : UntypedActor
    {
        protected override void OnReceive(object message) => receive(message);
    }

    private sealed class Probe : IObjectMessage
    {
        private volatile bool _wasGone;
        private volatile bool _wasTaken;

        public bool WasGone => _wasGone;

        public bool WasTaken => _wasTaken;

        public void Take() => _wasTaken = true;

        public void ObjectGone(IReplyTo node) => _wasGone = true;
    }

    private sealed record Failing : ICommand;

    private sealed record Nothing(Probe Sender) : ICommand;

    private sealed class NothingState : IObjectState, IDisposable
    {
        private int _disposals;

        public bool IsDisposed => Volatile.Read(ref _disposals) == 1;

        public void Step(Caller caller, ICommand command, Instant now, Effects effects)
        {
            switch (command)
            {
                case Failing:
                    throw new FormatException("broken state");
                case Nothing nothing:
                    nothing.Sender.Take();
                    break;
            }
        }

        public void Dispose() => Interlocked.Increment(ref _disposals);
    }
}
