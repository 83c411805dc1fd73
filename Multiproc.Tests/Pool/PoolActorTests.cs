using Multiproc.Nodes;
using Multiproc.Pool;
using Multiproc.TestKit;

namespace Multiproc.Tests.Pool;

/// <summary>The supervisor of a pool, when something goes wrong in what it performs.</summary>
public sealed class PoolActorTests
{
    [Fact]
    public void Receive_EffectThatThrows_BreaksThePoolAndWhatComesAfterIsDone()
    {
        // A worker that the scheduling knows and the pool does not: a task cannot be sent to it.
        var (roster, actor) = Start();
        roster.Tell(new PoolCommand.WorkerReady(7));
        roster.Tell(new PoolCommand.Submit(Job: 1, Tasks: 1, ChunkSize: 1, Ended: true));
        Should.Throw<ProcessStartException>(roster.RequireOpen).Message.ShouldContain("internal error");
        roster.State.ShouldBe("broken");
        roster.AllGone.IsCompleted.ShouldBeFalse();
        roster.Close().ShouldBeTrue();
        roster.Tell(PoolNotice.Closed.Instance);
        roster.AllGone.IsCompleted.ShouldBeTrue("the notice after the failure was handled");
        actor.Stop();
    }

    [Fact]
    public void Receive_WorkersThatCannotBeStarted_BreakThePoolAndAreForgotten()
    {
        var (roster, actor) = Start();
        roster.Terminate();
        for (int i = 0; i < 3; i++)
        {
            roster.ExpectOne();
            roster.Tell(new PoolNotice.NotStarted("no more descriptors"));
        }

        roster.Broken.ShouldBeOfType<ProcessStartException>().Message.ShouldContain("no more descriptors");
        Await.Until("all workers are forgotten, also those that were to replace them", () => roster.AllGone.IsCompleted);
        actor.Stop();
    }

    private static (PoolRoster Roster, Multiproc.Actors.ActorHandle Actor) Start()
    {
        var roster = new PoolRoster(new PoolPlan(StartMethod.Spawn, Workers: 0, new PoolOptions()));
        var starter = new WorkerStarter(roster);
        var actor = Node.Current.Actors.Inline(() => new PoolActor(new PoolState(startAttempts: 3), roster, starter));
        roster.Supervisor = actor;
        return (roster, actor);
    }
}
