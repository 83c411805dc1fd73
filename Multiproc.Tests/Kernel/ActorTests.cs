using Multiproc.Kernel;
using Multiproc.TestKit;

namespace Multiproc.Tests.Kernel;

public sealed class ActorTests
{
    private readonly TestDispatcher _dispatcher = new();
    private readonly ManualTimeProvider _time = new();
    private readonly TestProbe _probe = new();

    [Fact]
    public void Tell_ManyMessages_AreHandledInOrder()
    {
        var system = new ActorSystem("test", _time);
        var actor = system.Spawn(() => new Forwarder(_probe), dispatcher: _dispatcher);
        for (int i = 0; i < 1000; i++)
        {
            actor.Tell(i);
        }

        _dispatcher.RunAll();
        for (int i = 0; i < 1000; i++)
        {
            _probe.ExpectMessage<int>().ShouldBe(i);
        }
    }

    [Fact]
    public void Stop_BehindUserMessages_OvertakesThem()
    {
        var system = new ActorSystem("test", _time);
        var actor = system.Spawn(() => new Forwarder(_probe), dispatcher: _dispatcher);
        actor.Tell("never handled");
        actor.TellSystem(SystemMessage.Stop.Instance);
        _dispatcher.RunAll();
        _probe.ExpectNothing();
        system.DeadLetterCount.ShouldBe(1);
    }

    [Fact]
    public void StopGracefully_BehindUserMessages_LetsThemBeHandled()
    {
        var system = new ActorSystem("test", _time);
        var actor = system.Spawn(() => new Forwarder(_probe), dispatcher: _dispatcher);
        actor.Tell("first");
        actor.StopGracefully();
        actor.Tell("late");
        _dispatcher.RunAll();
        _probe.ExpectMessage<string>().ShouldBe("first");
        _probe.ExpectNothing();
        system.DeadLetterCount.ShouldBe(1);
    }

    [Fact]
    public void Inline_ManyThreads_OneMessageAtATime()
    {
        const int Threads = 4;
        const int Each = 20_000;
        var system = new ActorSystem("test");
        var counter = new Counter();
        var actor = system.Spawn(() => counter, dispatcher: Dispatcher.Inline);
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                actor.Tell(1);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Await.Until("all messages are handled", () => counter.Handled == Threads * Each);
        counter.Overlaps.ShouldBe(0);
    }

    [Fact]
    public void Inline_ChainOfTells_DoesNotRecurse()
    {
        var system = new ActorSystem("test");
        ActorRef next = _probe;
        for (int i = 0; i < 100_000; i++)
        {
            var target = next;
            next = system.Spawn(() => new Forwarder(target), dispatcher: Dispatcher.Inline);
        }

        next.Tell("through all of them");
        _probe.ExpectMessage<string>().ShouldBe("through all of them");
    }

    [Fact]
    public void Supervision_Restart_MakesANewInstanceAndKeepsTheMailbox()
    {
        var system = new ActorSystem("test", _time, SupervisorStrategy.Default);
        int made = 0;
        var actor = system.Spawn(() => new Failing(_probe, ++made), dispatcher: _dispatcher);
        actor.Tell("fail");
        actor.Tell("after");
        _dispatcher.RunAll();
        _probe.ExpectMessage<string>().ShouldBe("stopped 1");
        _probe.ExpectMessage<string>().ShouldBe("2: after");
    }

    [Fact]
    public void Supervision_BudgetExhausted_StopsTheActor()
    {
        var system = new ActorSystem("test", _time, SupervisorStrategy.Default with { MaxRestarts = 2 });
        var actor = system.Spawn(() => new Failing(new TestProbe("ignored"), 0), dispatcher: _dispatcher);
        _probe.Watch(actor);
        for (int i = 0; i < 3; i++)
        {
            actor.Tell("fail");
            _dispatcher.RunAll();
        }

        _probe.ExpectTerminated(actor).ShouldBeOfType<TerminationReason.Failed>();
    }

    [Fact]
    public void Supervision_FailuresFarApart_DoNotUseUpTheBudget()
    {
        var system = new ActorSystem("test", _time, SupervisorStrategy.Default with { MaxRestarts = 2 });
        var actor = system.Spawn(() => new Failing(_probe, 7), dispatcher: _dispatcher);
        for (int i = 0; i < 10; i++)
        {
            actor.Tell("fail");
            _dispatcher.RunAll();
            _probe.ExpectMessage<string>().ShouldBe("stopped 7");
            _time.Advance(TimeSpan.FromSeconds(6));
        }

        actor.Tell("alive");
        _dispatcher.RunAll();
        _probe.ExpectMessage<string>().ShouldBe("7: alive");
    }

    [Fact]
    public void Supervision_Escalate_FailsTheParent()
    {
        var system = new ActorSystem("test", _time);
        var parent = system.Spawn(() => new Parent(_probe), dispatcher: _dispatcher);
        _probe.Watch(parent);
        parent.Tell("fail");
        _dispatcher.RunAll();
        _probe.ExpectMessage<string>().ShouldBe("stopped 1");
        _probe.ExpectTerminated(parent).ShouldBeOfType<TerminationReason.Failed>();
    }

    [Fact]
    public void Watch_ActorThatHasEnded_IsToldAtOnce()
    {
        var system = new ActorSystem("test", _time);
        var actor = system.Spawn(() => new Forwarder(_probe), dispatcher: _dispatcher);
        actor.TellSystem(SystemMessage.Stop.Instance);
        _dispatcher.RunAll();
        _probe.Watch(actor);
        _probe.ExpectTerminated(actor);
    }

    [Fact]
    public void Watch_RacingWithStop_IsAlwaysToldOnce()
    {
        var system = new ActorSystem("test");
        for (int i = 0; i < 500; i++)
        {
            var probe = new TestProbe();
            var actor = system.Spawn(() => new Forwarder(probe));
            var stopper = Task.Run(() => actor.TellSystem(SystemMessage.Stop.Instance));
            probe.Watch(actor);
            probe.ExpectTerminated(actor);
            stopper.Wait();
            probe.ExpectNothing();
        }
    }

    [Fact]
    public async Task Ask_AnsweringActor_GivesItsAnswer()
    {
        var system = new ActorSystem("test");
        var actor = system.Spawn(() => new Echo());
        (await actor.AskAsync<string>("hello", TimeSpan.FromSeconds(30), system)).ShouldBe("hello");
    }

    [Fact]
    public async Task Ask_SilentActor_TimesOutOnTheSystemsClock()
    {
        var system = new ActorSystem("test", _time);
        var asked = _probe.AskAsync<string>("anybody?", TimeSpan.FromSeconds(5), system);
        _time.Advance(TimeSpan.FromSeconds(6));
        await Should.ThrowAsync<MultiprocTimeoutException>(asked);
        _probe.ExpectMessage<string>();
        _probe.Reply("too late");
        system.DeadLetterCount.ShouldBe(1);
    }

    [Fact]
    public async Task Ask_ActorThatEnds_Fails()
    {
        var system = new ActorSystem("test", _time);
        var actor = system.Spawn(() => new Forwarder(_probe), dispatcher: _dispatcher);
        var asked = actor.AskAsync<string>("hello", TimeSpan.FromSeconds(5), system);
        actor.TellSystem(SystemMessage.Stop.Instance);
        _dispatcher.RunAll();
        await Should.ThrowAsync<ActorTerminatedException>(asked);
    }

    [Fact]
    public void Timer_Replaced_OnlyTheNewOneFires()
    {
        var system = new ActorSystem("test", _time);
        var actor = system.Spawn(() => new Timed(_probe), dispatcher: _dispatcher);
        actor.Tell("start first");
        _dispatcher.RunAll();
        actor.Tell("start second");
        _time.Advance(TimeSpan.FromSeconds(1)); // The first one's tick is in the mailbox behind its replacement.
        _dispatcher.RunAll();
        _time.Advance(TimeSpan.FromSeconds(1));
        _dispatcher.RunAll();
        _probe.ExpectMessage<string>().ShouldBe("second");
        _probe.ExpectNothing();
    }

    private sealed class Forwarder(ActorRef target) : Actor
    {
        protected override void Receive(object message) => target.Tell(message, Self);
    }

    private sealed class Echo : Actor
    {
        protected override void Receive(object message) => Sender!.Tell(message, Self);
    }

    private sealed class Counter : Actor
    {
        private int _inside;

        public int Handled { get; private set; }

        public int Overlaps { get; private set; }

        protected override void Receive(object message)
        {
            Overlaps += Interlocked.Increment(ref _inside) > 1 ? 1 : 0;
            Handled++;
            Interlocked.Decrement(ref _inside);
        }
    }

    private sealed class Failing(ActorRef probe, int number) : Actor
    {
        protected override void Receive(object message)
        {
            if (message is "fail")
            {
                throw new InvalidOperationException("as told");
            }

            probe.Tell($"{number}: {message}");
        }

        protected override void PostStop() => probe.Tell($"stopped {number}");
    }

    private sealed class Parent(ActorRef probe) : Actor
    {
        private ActorRef? _child;

        protected override SupervisorStrategy Supervision => new(_ => Directive.Escalate);

        protected override void PreStart() => _child = Spawn(() => new Failing(probe, 1));

        protected override void Receive(object message) => _child!.Tell(message);
    }

    private sealed class Timed(ActorRef probe) : Actor
    {
        protected override void Receive(object message)
        {
            if (message is string text && text.StartsWith("start ", StringComparison.Ordinal))
            {
                Timers.StartSingle("timer", TimeSpan.FromSeconds(1), text["start ".Length..]);
                return;
            }

            probe.Tell(message);
        }
    }
}
