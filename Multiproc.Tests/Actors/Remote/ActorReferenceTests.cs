using Akka.Actor;

namespace Multiproc.Tests.Actors.Remote;

/// <summary>References to actors as parts of values, and shared objects as parts of messages.</summary>
public sealed class ActorReferenceTests
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    [Fact]
    public void Argument_IsAReferenceThatWorks()
    {
        using var probe = new ActorProbe();
        using var child = Mp.Process(static actor => actor.Tell("from the child"), probe.Ref);
        child.Start();
        probe.Expect<string>("the child's message").ShouldBe("from the child");
        child.Join(s_bound).ShouldBeTrue();
    }

    [Fact]
    public void Captured_IsAReferenceThatWorks()
    {
        using var probe = new ActorProbe();
        var actor = probe.Ref;
        using var child = Mp.Process(() => actor.Tell($"from {Mp.CurrentProcess.Name}"), name: "capturer");
        child.Start();
        probe.Expect<string>("the child's message").ShouldBe("from capturer");
        child.Join(s_bound).ShouldBeTrue();
    }

    [Fact]
    public async Task ItemOfAQueue_GoesThereAndBack()
    {
        using var queue = Mp.Queue<IActorRef>();
        var actor = Mp.ActorOf(Props.Create<Echo>());
        queue.Put(actor);
        var back = queue.Get(s_bound);
        back.ShouldBe(actor);
        (await back.Ask<string>("same", s_bound)).ShouldBe("same");
        using var child = Mp.Process(static queue => queue.Put(Mp.ActorSystem.ActorOf(Props.Create<Echo>())), queue);
        child.Start();
        var theirs = queue.Get(s_bound);
        theirs.ShouldNotBe(actor);
        child.Kill();
        child.Join(s_bound).ShouldBeTrue();
        await actor.GracefulStop(s_bound);
    }

    [Fact]
    public async Task ValueInAManager_ConnectsTwoProcessesThatNeverMet()
    {
        using var manager = Mp.Manager();
        var places = manager.Dictionary<string, IActorRef>();
        var actor = Mp.ActorOf(Props.Create<Echo>());
        places["echo"] = actor;
        using var child = Mp.Process(
            static places =>
            {
                var ours = Mp.ActorSystem.ActorOf(Props.Create<Echo>());
                places["answer"] = places["echo"].Ask<IActorRef>(ours, s_bound).GetAwaiter().GetResult();
            },
            places);
        child.Start();
        child.Join(s_bound).ShouldBeTrue();
        child.ExitCode.ShouldBe(0);
        places["answer"].Path.Address.ShouldNotBe(actor.Path.Address);
        await actor.GracefulStop(s_bound);
    }

    [Fact]
    public async Task ResultOfAPool_IsAReferenceThatWorks()
    {
        using var pool = Mp.Pool(1);
        var actor = pool.Apply(static _ => Mp.ActorSystem.ActorOf(Props.Create<Echo>()), 0);
        (await actor.Ask<int>(new GetPid(), s_bound)).ShouldBe(pool.WorkerPids[0]);
    }

    [Fact]
    public void Nobody_ArrivesAsNobody()
    {
        using var queue = Mp.Queue<IActorRef?>();
        queue.Put(ActorRefs.Nobody);
        queue.Put(null);
        queue.Get(s_bound).ShouldBe(ActorRefs.Nobody);
        queue.Get(s_bound).ShouldBeNull();
    }

    [Fact]
    public async Task SharedObjectsInMessages_ArriveAsTheSameObjects()
    {
        using var queue = Mp.Queue<int>();
        var actor = Mp.ActorOf(Props.Create<Putter>());
        (await actor.Ask<string>(new PutInto(queue, 42), s_bound)).ShouldBe("put");
        queue.Get(s_bound).ShouldBe(42);
        await actor.GracefulStop(s_bound);
    }

    [Fact]
    public async Task SharedObjectOnItsWay_IsKeptAlive()
    {
        using var manager = Mp.Manager();
        var actor = Mp.ActorOf(Props.Create<Putter>());
        await actor.Ask<string>("here", s_bound);
        for (int i = 0; i < 20; i++)
        {
            // Nobody but the message refers to the queue when the next line is reached.
            actor.Tell(new PutInto(manager.Queue<int>(), i), ActorRefs.NoSender);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        (await actor.Ask<int>("failures", s_bound)).ShouldBe(0);
        await actor.GracefulStop(s_bound);
    }

    [Fact]
    public void Unsendable_IsTheSendersError_WithThePath()
    {
        var actor = Mp.ActorOf(Props.Create<Echo>());
        var told = Should.Throw<SerializationException>(() => actor.Tell(new Holder(Stream.Null)));
        told.Message.ShouldContain(nameof(Holder.Content));
        told.Message.ShouldContain(actor.Path.Name);
        Should.Throw<InvalidMessageException>(() => actor.Tell(null!));

        // More bytes than an int can count; pages that nobody touches take no memory.
        long[] numbers = GC.AllocateUninitializedArray<long>(300_000_000);
        Should.Throw<SerializationException>(() => actor.Tell(numbers)).Message.ShouldContain(actor.Path.Name);
        actor.Ask<string>("still there", TimeSpan.FromSeconds(30)).GetAwaiter().GetResult().ShouldBe("still there");
        Mp.ActorSystem.Stop(actor);
    }

    [Fact]
    public async Task ActorOfAnotherSystem_IsRefusedAsAValue()
    {
        var system = ActorSystem.Create("apart");
        var stranger = system.ActorOf(Props.Create<Echo>());
        using var queue = Mp.Queue<IActorRef>();
        Should.Throw<SerializationException>(() => queue.Put(stranger)).Message.ShouldContain("MultiprocContext.From");
        await system.Terminate();
    }

    internal sealed record PutInto(SharedQueue<int> Queue, int Item);

    internal sealed record Holder(Stream Content);

    internal sealed class Putter : UntypedActor
    {
        private int _failures;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case PutInto put:
                    try
                    {
                        put.Queue.Put(put.Item);
                        Sender.Tell("put");
                    }
                    catch (MultiprocException)
                    {
                        _failures++;
                    }

                    break;
                case "failures":
                    Sender.Tell(_failures);
                    break;
                default:
                    Sender.Tell(message);
                    break;
            }
        }
    }
}
