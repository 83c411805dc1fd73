using static Multiproc.Pool.PoolEffect;

namespace Multiproc.Tests.States;

/// <summary>The scheduling of tasks that a worker runs at the same time.</summary>
public sealed class PoolConcurrentTests
{
    [Fact]
    public void Submit_SomeAtOnce_GivesEachWorkerSoMany()
    {
        var script = new PoolScript().Ready(1).Ready(2).Submit(7, tasks: 5, atOnce: 2)
            .Wants(new SendConcurrent(1, 7, 0), new SendConcurrent(2, 7, 1), new SendConcurrent(1, 7, 2), new SendConcurrent(2, 7, 3));
        script.DoneBeside(2, 7, 3).Wants(new SendConcurrent(2, 7, 4));
    }

    [Fact]
    public void ConcurrentDone_InAnyOrder_JobEndsWithTheLast()
    {
        var script = new PoolScript().Ready(1).Submit(7, tasks: 2, atOnce: 2);
        script.DoneBeside(1, 7, 1).Wants();
        script.DoneBeside(1, 7, 0).Wants(new JobFinished(7));
    }

    [Fact]
    public void ConcurrentDone_Twice_CountsOnce()
    {
        var script = new PoolScript().Ready(1).Submit(7, tasks: 2, atOnce: 2).DoneBeside(1, 7, 0);
        script.DoneBeside(1, 7, 0).Wants();
        script.DoneBeside(1, 7, 1).Wants(new JobFinished(7));
    }

    [Fact]
    public void Submit_WorkerInALongChunk_StillGetsTasksBesideIt()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 100);
        script.Submit(2, tasks: 1, atOnce: 2).Wants(new SendConcurrent(1, 2, 0));
    }

    [Fact]
    public void Submit_AllPlacesTaken_ChunksDoNotWaitForThem()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 5, atOnce: 2);
        script.Submit(2, tasks: 1).Wants(new Send(1, 2, 0, 1));
    }

    [Fact]
    public void Dies_SeveralAtOnce_LosesEachOfThem()
    {
        var script = new PoolScript().Ready(1).Submit(7, tasks: 3, atOnce: 2);
        script.Dies(1).Wants(new TaskLost(1, 7, 0), new TaskLost(1, 7, 1), new StartWorker());
        script.Ready(2).Wants(new SendConcurrent(2, 7, 2));
    }

    [Fact]
    public void Dies_Idempotent_RunsThemAgainButNotTheOneThatWasOverdue()
    {
        var script = new PoolScript().Ready(1).Submit(7, tasks: 2, retries: 2, atOnce: 2);
        script.Dies(1, overdue: (7, 1)).Wants(new TaskRetried(1, 7, 0), new TaskLost(1, 7, 1), new StartWorker());
        script.Ready(2).Wants(new SendConcurrent(2, 7, 0));
    }

    [Fact]
    public void GraceOver_OneOfSeveral_EndsItsWorker()
    {
        var script = new PoolScript().Ready(1).Submit(7, tasks: 1, atOnce: 2).Submit(8, tasks: 1, atOnce: 2);
        script.Cancel(7, stop: true).Wants(new CancelWork(1, 7), new Remind(7, Last: false));
        script.GraceOver(7).Wants(new StopWorker(1, 7), new Remind(7, Last: true));
        script.GraceOver(7, last: true).Wants(new KillWorker(1));
    }

    [Fact]
    public void Grows_WhileTasksRun_IsReplacedWhenTheyHaveEnded()
    {
        var script = new PoolScript().Ready(1).Submit(7, tasks: 3, atOnce: 2);
        script.Grows(1).Wants();
        script.DoneBeside(1, 7, 0).Wants();
        script.DoneBeside(1, 7, 1).Wants(new RetireWorker(1), new StartWorker());
        script.Ready(2).Wants(new SendConcurrent(2, 7, 2));
    }

    [Fact]
    public void Close_TasksRun_WorkerLeavesAfterThem()
    {
        var script = new PoolScript().Ready(1).Submit(7, tasks: 1, atOnce: 2);
        script.Close().Wants();
        script.DoneBeside(1, 7, 0).Wants(new JobFinished(7), new RetireWorker(1));
    }
}
