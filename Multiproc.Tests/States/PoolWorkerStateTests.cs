using static Multiproc.Pool.PoolEffect;

namespace Multiproc.Tests.States;

/// <summary>The scheduling with workers that are stuck, limited, too many or too few, and with tasks that kill.</summary>
public sealed class PoolWorkerStateTests
{
    [Fact]
    public void Tick_WorkerThatDoesNotGetOn_GivesItsUnstartedChunksToAnIdleOne()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 6);
        script.Done(1, milliseconds: 0).Done(1, milliseconds: 0);
        script.InHandOf(1).Count.ShouldBe(4);
        script.Ready(2).Wants(new TickSoon());
        script.Tick().Wants(new TakeBack(1));
        script.GivesBack(1).Wants(new Send(2, 1, 3, 1));
        script.Done(2).Wants(new Send(2, 1, 4, 1));
    }

    [Fact]
    public void Tick_WorkerThatGotOn_KeepsItsChunks()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 20);
        script.Done(1, milliseconds: 0).Done(1, milliseconds: 0).Done(1, milliseconds: 0).Done(1, milliseconds: 0);
        script.InHandOf(1).Count.ShouldBe(16);
        script.Ready(2).Wants(new TickSoon());
        script.Done(1, milliseconds: 0).Wants();
        script.Tick().Wants(new TickSoon());
        script.Tick().Wants(new TakeBack(1));
    }

    [Fact]
    public void ChunksReturned_AfterAllWereDone_ChangesNothing()
    {
        var script = Stuck();
        while (script.InHandOf(1).Count > 1)
        {
            script.Done(1, milliseconds: 0);
        }

        script.GivesBack(1).Wants();
        script.Done(1).Wants(new JobFinished(1));
    }

    [Fact]
    public void ChunksReturned_OfACancelledJob_AreNotGivenOut()
    {
        var script = Stuck();
        script.Cancel(1).Wants(new CancelWork(1, 1));
        script.GivesBack(1).Wants();
        script.Done(1).Wants(new JobFinished(1));
    }

    [Fact]
    public void Submit_AfterClose_IsRefused()
    {
        var script = new PoolScript().Ready(1).Close();
        script.Dies(1);
        script.Submit(1, tasks: 1).Wants(new JobRefused(1));
    }

    [Fact]
    public void WorkerGone_IdempotentTask_IsRunAgainAndGivenUpAtLast()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 1, retries: 2);
        script.Dies(1, started: true).Wants(new TaskRetried(1, 1, 0), new StartWorker());
        script.Ready(2).Wants(new Send(2, 1, 0, 1));
        script.Dies(2, started: true).Wants(new TaskRetried(2, 1, 0), new StartWorker());
        script.Ready(3);
        script.Dies(3, started: true).Wants(new TaskLost(3, 1, 0, Deaths: 3), new JobFinished(1), new StartWorker());
    }

    [Fact]
    public void WorkerGone_IdempotentTask_GoesAloneAndLeavesTheRestOfItsChunk()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 5, chunkSize: 5, retries: 1);
        script.Dies(1, tasksDone: 2, started: true).Wants(new TaskRetried(1, 1, 2), new StartWorker());
        script.Ready(2).Wants(new Send(2, 1, 2, 1));
        script.Done(2).Wants(new Send(2, 1, 3, 2));
    }

    [Fact]
    public void WorkerGone_EndedForItsTask_IsNotRunAgain()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 1, retries: 5);
        script.Dies(1, started: true, onPurpose: true).Wants(new TaskLost(1, 1, 0), new JobFinished(1), new StartWorker());
    }

    [Fact]
    public void Cancel_ToStop_EndsTheWorkAfterTheGrace()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 3);
        script.Cancel(1, stop: true).Wants(new CancelWork(1, 1), new Remind(1, Last: false));
        script.GraceOver(1).Wants(new StopWorker(1, 1), new Remind(1, Last: true));
        script.GraceOver(1, last: true).Wants(new KillWorker(1));
        script.Dies(1, started: true).Wants(new TaskLost(1, 1, 0), new JobFinished(1), new StartWorker());
    }

    [Fact]
    public void GraceOver_WorkerIsAtAnotherJob_IsLeftAlone()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 1);
        script.Cancel(1, stop: true);
        script.Done(1).Wants(new JobFinished(1));
        script.Submit(2, tasks: 1).Wants(new Send(1, 2, 0, 1));
        script.GraceOver(1).Wants();
    }

    [Fact]
    public void TasksPerWorker_UsedUp_ReplacesTheWorker()
    {
        // PL-28: never more than it may, also by a larger chunk
        var script = new PoolScript(tasksPerWorker: 3).Ready(1).Submit(1, tasks: 4, chunkSize: 2);
        script.Done(1).Wants(new Send(1, 1, 2, 1));
        script.Done(1).Wants(new RetireWorker(1), new StartWorker());
        script.Dies(1).Wants();
        script.Ready(2).Wants(new Send(2, 1, 3, 1));
        script.Done(2).Wants(new JobFinished(1));
    }

    [Fact]
    public void TasksPerWorker_Closing_ReplacesUntilTheWorkIsDone()
    {
        // PL-29
        var script = new PoolScript(tasksPerWorker: 1).Ready(1).Submit(1, tasks: 2);
        script.Close();
        script.Done(1).Wants(new RetireWorker(1), new StartWorker());
        script.Ready(2).Wants(new Send(2, 1, 1, 1));
        script.Done(2).Wants(new JobFinished(1), new RetireWorker(2));
    }

    [Fact]
    public void Resize_Up_StartsWorkers() => new PoolScript().Ready(1).Resize(2).Wants(new StartWorker(), new StartWorker());

    [Fact]
    public void Resize_Down_LetsTheLeastBusyGoWhenItHasNothingInHand()
    {
        var script = new PoolScript().Ready(1).Ready(2).Submit(1, tasks: 3);
        script.Resize(-1).Wants();
        script.Done(2).Wants(new Send(2, 1, 2, 1));
        script.Done(1).Wants(new RetireWorker(1));
        script.Dies(1).Wants();
    }

    [Fact]
    public void Resize_DownWhileStarting_LetsTheNewOneGo()
    {
        var script = new PoolScript().Resize(-1).Wants();
        script.Ready(1).Wants(new RetireWorker(1));
        script.Ready(2).Wants();
    }

    [Fact]
    public void Resize_DownAndUpAgain_KeepsTheOneThatStarts() => new PoolScript().Resize(-1).Resize(1).Wants().Ready(1).Wants();

    [Fact]
    public void SingleTaskJobs_ShareWhatIsKnownOfTheirQuickness()
    {
        var script = new PoolScript().Ready(1);
        for (int job = 1; job <= 10; job++)
        {
            script.Submit(job, tasks: 1, single: true);
        }

        script.Done(1, milliseconds: 0).Done(1, milliseconds: 0);
        script.InHandOf(1).Count.ShouldBe(4);
    }

    [Fact]
    public void ThousandsOfJobs_AreNotLookedAtForEachStep()
    {
        const int many = 20_000;
        var script = new PoolScript();
        for (int job = 1; job <= many; job++)
        {
            script.Submit(job, tasks: 1, single: true);
        }

        script.Ready(1);
        for (int job = 1; job <= many; job++)
        {
            script.Done(1, milliseconds: 0).Effects.ShouldContain(new JobFinished(job));
        }
    }

    /// <summary>Worker 1 was quick and has several chunks in hand, worker 2 has nothing, and worker 1 was asked.</summary>
    private static PoolScript Stuck()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 7);
        script.Done(1, milliseconds: 0).Done(1, milliseconds: 0).Done(1, milliseconds: 0);
        return script.Ready(2).Tick().Wants(new TakeBack(1));
    }
}
