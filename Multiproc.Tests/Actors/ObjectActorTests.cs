using Akka.Actor;
using Akka.TestKit;
using Multiproc.Actors;
using Multiproc.States;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Actors;

/// <summary>The shell around a state: who is answered what, and when the state is woken.</summary>
public sealed class ObjectActorTests : ActorTest
{
    private static readonly Caller s_anna = new(1, 10);
    private static readonly Caller s_bert = new(2, 20);

    private readonly RecordedReplies _replies = new();
    private readonly ScriptedState _state = new();
    private readonly TestActorRef<ObjectActor> _actor;
    private int _waits;

    public ObjectActorTests() => _actor = ActorOfAsTestActorRef<ObjectActor>(
        Props.CreateBy(new Producer(() => new ObjectActor(_replies, _state, () => _waits++), typeof(ObjectActor))));

    [Fact]
    public void Command_AnsweredAtOnce_DoesNotWait()
    {
        Send(s_anna, static (caller, effects) => effects.Reply(caller, Reply.Of(1))).ShouldBe([(s_anna, Reply.Of(1))]);
        _waits.ShouldBe(0);
    }

    [Fact]
    public void Command_NotAnswered_WaitsUntilAnotherOneAnswersIt()
    {
        Send(s_anna, static (_, _) => { }).ShouldBeEmpty();
        _waits.ShouldBe(1);
        Waiting().ShouldBe([s_anna]);
        Send(s_bert, static (caller, effects) =>
        {
            effects.Reply(s_anna, Reply.Of(2));
            effects.Reply(caller, Reply.Done);
        }).ShouldBe([(s_anna, Reply.Of(2)), (s_bert, Reply.Done)]);
        Waiting().ShouldBeEmpty();
    }

    [Fact]
    public void Stop_TellsWaitersAndDisposesOfTheState()
    {
        Send(s_anna, static (_, _) => { });
        End();
        _replies.Take().ShouldBe([(s_anna, Reply.ObjectGone)]);
        _state.IsDisposed.ShouldBeTrue();
    }

    [Fact]
    public void Step_Throws_EndsTheObjectAndTellsEverybody()
    {
        var started = new TaskCompletionSource<ActorCell>();
        Sys.ActorOf(Supervisor.Make(started));
        var actor = started.Task.Result.ActorOf(Props.CreateBy(new Producer(() => new ObjectActor(_replies, _state), typeof(ObjectActor))));
        Watch(actor);
        actor.Tell(new Delivery(s_anna, new Scripted(static (_, _) => { })));
        actor.Tell(new Delivery(s_bert, new Scripted(static (_, _) => throw new FormatException("broken state"))));
        ExpectTerminated(actor, cancellationToken: TestContext.Current.CancellationToken);
        _replies.Take().ShouldBe([(s_bert, Reply.ObjectGone), (s_anna, Reply.ObjectGone)]);
    }

    [Fact]
    public void ProcessGone_ForgetsItsWaitersAndTellsTheState()
    {
        Send(s_anna, static (_, _) => { });
        Send(s_bert, static (_, _) => { });
        _actor.Tell(new LifecycleEvent.ProcessGone(1));
        Waiting().ShouldBe([s_bert]);
        _state.Life.ShouldBe([new LifecycleEvent.ProcessGone(1)]);
    }

    [Fact]
    public void ConnectionCut_CancelsTheCallsOfThatProcessOnly()
    {
        Send(s_anna, static (_, _) => { });
        Send(s_bert, static (_, _) => { });
        _actor.Tell(new LifecycleEvent.ConnectionCut(2));
        _state.Life.ShouldBe([new LifecycleEvent.CallCancelled(s_bert)]);
    }

    [Fact]
    public void Deadline_Passed_WakesTheStateOnce()
    {
        Send(s_anna, static (_, effects) => effects.Arm(new Instant(TimeSpan.FromMilliseconds(20).Ticks)));
        AwaitCondition(() => _state.Life.Count > 0, TimeSpan.FromSeconds(30), cancellationToken: TestContext.Current.CancellationToken);
        _state.Life.ShouldBe([new LifecycleEvent.DeadlinePassed()]);
    }

    [Fact]
    public void Deadline_ReplacedByAnEarlierOne_WakesTheStateOnce()
    {
        Send(s_anna, static (_, effects) => effects.Arm(new Instant(TimeSpan.FromHours(1).Ticks)));
        Send(s_bert, static (_, effects) => effects.Arm(new Instant(TimeSpan.FromMilliseconds(1).Ticks)));
        AwaitCondition(() => _state.Life.Count > 0, TimeSpan.FromSeconds(30), cancellationToken: TestContext.Current.CancellationToken);
        _state.Life.ShouldBe([new LifecycleEvent.DeadlinePassed()]);
    }

    private List<(Caller, Reply)> Send(Caller caller, Action<Caller, Effects> step)
    {
        _actor.Tell(new Delivery(caller, new Scripted(step)));
        return _replies.Take();
    }

    private IEnumerable<Caller> Waiting()
    {
        var inspection = new SnapshotRequest(new TaskCompletionSource<ObjectSnapshot?>());
        _actor.Tell(inspection);
        return inspection.Done.Task.Result!.Waiting.Keys;
    }

    private void End()
    {
        Watch(_actor);
        _actor.Tell(PoisonPill.Instance);
        ExpectTerminated(_actor, cancellationToken: TestContext.Current.CancellationToken);
    }

    /// <summary>A command that brings along what its step does.</summary>
    private sealed record Scripted(Action<Caller, Effects> Act) : ICommand;

    private sealed class ScriptedState : IObjectState, IDisposable
    {
        public List<ICommand> Life { get; } = [];

        public bool IsDisposed { get; private set; }

        public void Step(Caller caller, ICommand command, Instant now, Effects effects)
        {
            if (command is Scripted scripted)
            {
                scripted.Act(caller, effects);
            }
            else
            {
                Life.Add(command);
            }
        }

        public void Dispose() => IsDisposed = true;
    }
}
