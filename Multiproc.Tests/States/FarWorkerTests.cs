using Multiproc.Pool;

namespace Multiproc.Tests.States;

/// <summary>The scheduling of workers that are on other nodes.</summary>
public sealed class FarWorkerTests
{
    private static readonly TimeSpan s_roundTrip = TimeSpan.FromMilliseconds(4);

    [Fact]
    public void Assign_FarWorker_HasAChunkOnTheWay()
    {
        var script = new PoolScript().Ready(1, s_roundTrip).Submit(1, 100);
        script.InHandOf(1).Count.ShouldBe(2);
    }

    [Fact]
    public void Assign_QuickFarWorker_HasEnoughUnderWayToHideTheRoundTrip()
    {
        var script = new PoolScript().Ready(1, s_roundTrip).Submit(1, 100_000);
        for (int i = 0; i < 12; i++)
        {
            script.Done(1, milliseconds: 0.1);
        }

        // Two milliseconds of work, and four for the way: sixty of a tenth each, and the one that runs.
        script.InHandOf(1).Count.ShouldBe(61);
        for (int i = 0; i < 200; i++)
        {
            script.Done(1, milliseconds: 10);
        }

        script.InHandOf(1).Count.ShouldBe(2);
    }

    [Fact]
    public void Leaves_Worker_GivesBackWhatItHasNotBegunAndIsNotReplaced()
    {
        var script = new PoolScript().Ready(1, s_roundTrip).Ready(2, s_roundTrip).Submit(1, 4);
        script.Leaves(1);
        script.Effects.ShouldBe([new PoolEffect.TakeBack(1)]);
        script.GivesBack(1);
        script.Done(2);
        script.InHandOf(2).Count.ShouldBe(2);
        script.Done(1);
        script.Effects.ShouldContain(new PoolEffect.RetireWorker(1));
        script.Dies(1).Wants();
    }

    [Fact]
    public void Gone_WithItsNode_LosesAllThatMayHaveBeenRun()
    {
        var script = new PoolScript().Ready(1, s_roundTrip).Submit(1, 6, chunkSize: 2);
        script.IsLost(1, tasksDone: 1);
        script.Wants(
            new PoolEffect.TaskLost(1, 1, 1), new PoolEffect.TaskLost(1, 1, 2), new PoolEffect.TaskLost(1, 1, 3), new PoolEffect.StartWorker());
        script.Ready(2).Sends.Single().ShouldBe(new PoolEffect.Send(2, 1, 4, 2));
    }

    [Fact]
    public void Gone_WithItsNode_RunsAgainWhatMayRunTwice()
    {
        var script = new PoolScript().Ready(1, s_roundTrip).Submit(1, 4, chunkSize: 2, retries: 1);
        script.IsLost(1, tasksDone: 1);
        script.Wants(new PoolEffect.TaskRetried(1, 1, 1), new PoolEffect.StartWorker());
        script.Ready(2);
        script.InHandOf(2).Sum(static each => each.Count).ShouldBe(1);
    }

    [Fact]
    public void Tick_ForFarWorkers_WaitsForNewsOfThem()
    {
        var script = new PoolScript().Ready(1, s_roundTrip).Submit(1, 2).Ready(2, s_roundTrip);
        script.Effects.ShouldContain(new PoolEffect.TickSoon(s_roundTrip));
    }
}
