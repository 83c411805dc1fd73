using Akka.Actor;
using Akka.TestKit;
using Multiproc.Actors;
using Multiproc.Managers;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Managers;

/// <summary>What becomes of calls of a user's object whose runner is slow.</summary>
public sealed class UserObjectActorTests : ActorTest
{
    private static readonly Caller s_anna = new(1, 10);
    private static readonly Caller s_bert = new(2, 20);
    private static readonly CallCommand s_call = new CallCommand.Invoke("Add", Payload.Empty);

    private readonly Runner _runner = new();
    private readonly RecordedReplies _replies = new();
    private readonly TestActorRef<UserObjectActor> _actor;

    public UserObjectActorTests() =>
        _actor = ActorOfAsTestActorRef<UserObjectActor>(Props.CreateBy(new Producer(() => new UserObjectActor(_replies, _runner), typeof(UserObjectActor))));

    [Fact]
    public void Call_IsAnsweredWhenItsRunnerIsDone_AndOnce()
    {
        Step(s_anna, s_call).ShouldBeEmpty();
        _runner.Begun.ShouldBe([s_anna]);
        Step(default, new CallDone(s_anna, Reply.Of(7))).ShouldBe([(s_anna, Reply.Of(7))]);
        Step(default, new CallDone(s_anna, Reply.Of(8))).ShouldBeEmpty();
    }

    [Fact]
    public void Caller_ThatGivesUp_CancelsItsCallAndGetsWhatComesOfIt()
    {
        Step(s_anna, s_call);
        Step(s_bert, s_call);
        Step(default, new LifecycleEvent.CallCancelled(s_anna)).ShouldBeEmpty();
        _runner.Cancelled.ShouldBe([s_anna]);
        Step(default, new CallDone(s_anna, Reply.Cancelled)).ShouldBe([(s_anna, Reply.Cancelled)]);
        Step(default, new LifecycleEvent.CallCancelled(s_anna));
        _runner.Cancelled.ShouldBe([s_anna], "it is over");
    }

    [Fact]
    public void Caller_ThatDies_CancelsItsCallsAndIsNotAnswered()
    {
        var again = new Caller(1, 11);
        Step(s_anna, s_call);
        Step(again, s_call);
        Step(s_bert, s_call);
        Step(default, new LifecycleEvent.ProcessGone(1)).ShouldBeEmpty();
        _runner.Cancelled.ShouldBe([s_anna, again], ignoreOrder: true);
        Step(default, new CallDone(s_anna, Reply.Of(7))).ShouldBeEmpty();
        Step(default, new CallDone(s_bert, Reply.Of(8))).ShouldBe([(s_bert, Reply.Of(8))]);
    }

    [Fact]
    public void Call_ThatNobodyWaitsFor_IsRun()
    {
        Step(new Caller(1, 0), s_call).ShouldBeEmpty();
        _runner.Begun.ShouldBe([new Caller(1, 0)]);
        Step(default, new LifecycleEvent.ProcessGone(1));
        _runner.Cancelled.ShouldBeEmpty();
        Watch(_actor);
        _actor.Tell(PoisonPill.Instance);
        ExpectTerminated(_actor, cancellationToken: TestContext.Current.CancellationToken);
        _runner.IsDisposed.ShouldBeTrue();
    }

    private List<(Caller, Reply)> Step(Caller caller, ICommand command)
    {
        _actor.Tell(command is LifecycleEvent life ? life : new Delivery(caller, command));
        return _replies.Take();
    }

    private sealed class Runner : ICallRunner
    {
        public List<Caller> Begun { get; } = [];

        public List<Caller> Cancelled { get; } = [];

        public bool IsDisposed { get; private set; }

        public void Begin(Caller caller, CallCommand command) => Begun.Add(caller);

        public void Cancel(Caller caller) => Cancelled.Add(caller);

        public void Dispose() => IsDisposed = true;
    }
}
