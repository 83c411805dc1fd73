using Multiproc.Pool;
using static Multiproc.Pool.PoolEffect;

namespace Multiproc.Tests.States;

public sealed class PoolStateTests
{
    [Fact]
    public void Submit_WorkersReady_GivesEachOneChunkInOrder()
    {
        var script = new PoolScript().Ready(1).Ready(2).Submit(7, tasks: 10, chunkSize: 3)
            .Wants(new Send(1, 7, 0, 3), new Send(2, 7, 3, 3));
        script.Done(2).Wants(new Send(2, 7, 6, 3));
        script.Done(1).Wants(new Send(1, 7, 9, 1));
    }

    [Fact]
    public void Submit_BeforeAnyWorker_WaitsForTheFirst() =>
        new PoolScript().Submit(7, tasks: 1).Wants().Ready(1).Wants(new Send(1, 7, 0, 1));

    [Fact]
    public void Submit_NoTasksAndEnded_FinishesAtOnce() => new PoolScript().Submit(7, tasks: 0).Wants(new JobFinished(7));

    [Fact]
    public void Submit_TwoJobs_TakeTurns()
    {
        var script = new PoolScript().Submit(1, tasks: 10).Submit(2, tasks: 10);
        script.Ready(1).Wants(new Send(1, 1, 0, 1));
        script.Done(1).Wants(new Send(1, 2, 0, 1));
        script.Done(1).Wants(new Send(1, 1, 1, 1));
        script.Done(1).Wants(new Send(1, 2, 1, 1));
    }

    [Fact]
    public void ChunkDone_SlowTasks_NothingWaitsBehindThem()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 100);
        for (int i = 0; i < 20; i++)
        {
            script.InHandOf(1).Count.ShouldBe(1);
            script.Done(1, milliseconds: 50);
        }
    }

    [Fact]
    public void ChunkDone_QuickTasks_CreditGrowsToItsLimit()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 10_000);
        var seen = new List<int>();
        for (int i = 0; i < 8; i++)
        {
            seen.Add(script.InHandOf(1).Count);
            script.Done(1, milliseconds: 0);
        }

        seen.ShouldBe([1, 2, 4, 8, 16, 32, 64, 64]);
    }

    [Fact]
    public void Heavy_QuickChunks_NoMoreThanSoManyAreInHand()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 10_000).Heavy(1, mostInHand: 3);
        for (int i = 0; i < 8; i++)
        {
            script.Done(1, milliseconds: 0);
        }

        script.InHandOf(1).Count.ShouldBe(3);
    }

    [Fact]
    public void ChunkDone_SeveralAtOnce_AreReplacedInOneStep()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 10_000);
        script.Done(1, milliseconds: 0).Done(1, milliseconds: 0);
        script.InHandOf(1).Count.ShouldBe(4);
        script.Done(1, milliseconds: 0, count: 4);
        script.Sends.Count().ShouldBe(64);
        script.Done(1, milliseconds: 0.1 * 20, count: 20);
        script.Sends.Select(static send => send.First).ShouldBe([], "20 chunks of 0.1 ms are what a worker should have in hand, and it has more");
    }

    [Fact]
    public void ChunkDone_LongTasksOfAnAdaptiveJob_GoInSmallerChunks()
    {
        var script = new PoolScript().Ready(1).Submit(7, tasks: 100, chunkSize: 10, adaptive: true);
        script.Sends.Single().Count.ShouldBe(10);
        script.Done(1, milliseconds: 100).Sends.Single().Count.ShouldBe(2, "a task takes 10 ms, and a chunk shall take 20");
        script.Done(1, milliseconds: 2000).Sends.Single().Count.ShouldBe(1, "a task takes a second");
        script.Done(1, milliseconds: 0.1).Sends.First().Count.ShouldBe(10, "never more than the size at the start");
    }

    [Fact]
    public void WorkerGone_LongTasksOfAnAdaptiveJob_TheRestOfItsChunkIsCutToo()
    {
        var script = new PoolScript().Ready(1).Ready(2).Submit(7, tasks: 16, chunkSize: 8, adaptive: true);
        script.Done(2, milliseconds: 800).Dies(1, tasksDone: 1, started: true);
        script.Ready(3).Sends.Single().ShouldBe(new Send(3, 7, 3, 1));
        script.Done(2, milliseconds: 100).Sends.Single().Count.ShouldBe(1);
    }

    [Fact]
    public void ChunkDone_LongTasksOfAChosenChunkSize_KeepIt() =>
        new PoolScript().Ready(1).Submit(7, tasks: 100, chunkSize: 10).Done(1, milliseconds: 2000).Sends.Single().Count.ShouldBe(10);

    [Fact]
    public void ChunkDone_LastOne_FinishesTheJobOnce()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 2);
        script.Done(1).Wants(new Send(1, 1, 1, 1));
        script.Done(1).Wants(new JobFinished(1));
    }

    [Fact]
    public void MoreInput_EndsLater_FinishesWhenAllIsDone()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 0, ended: false).Wants();
        script.MoreInput(1, tasks: 1, ended: false).Wants(new Send(1, 1, 0, 1));
        script.Done(1).Wants();
        script.MoreInput(1, tasks: 1, ended: true).Wants(new JobFinished(1));
    }

    [Fact]
    public void WorkerGone_AtWork_LosesOnlyTheTaskItRan()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 8, chunkSize: 4);
        script.Dies(1, tasksDone: 1, started: true).Wants(new TaskLost(1, 1, 1), new StartWorker());
        script.Ready(2).Wants(new Send(2, 1, 2, 2));
        script.Done(2).Wants(new Send(2, 1, 4, 4));
    }

    [Fact]
    public void WorkerGone_Idle_IsReplacedAndNobodyNotices() => new PoolScript().Ready(1).Dies(1).Wants(new StartWorker());

    [Fact]
    public void WorkerGone_BeforeItBegan_LosesNothing()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 1);
        script.Dies(1).Wants(new StartWorker());
        script.Ready(2).Wants(new Send(2, 1, 0, 1));
    }

    [Fact]
    public void WorkerGone_AfterItsLastResult_FinishesTheJob()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 1, chunkSize: 1);
        script.Dies(1, tasksDone: 1, started: true).Effects.ShouldContain(new JobFinished(1));
        script.Effects.OfType<TaskLost>().ShouldBeEmpty();
    }

    [Fact]
    public void WorkerGone_OthersAreReady_TakeWhatItLeftFirst()
    {
        var script = new PoolScript().Ready(1).Ready(2).Submit(1, tasks: 100, chunkSize: 2);
        script.Dies(1, started: true).Wants(new TaskLost(1, 1, 0), new StartWorker());
        script.Done(2).Wants(new Send(2, 1, 1, 1));
        script.Done(2).Wants(new Send(2, 1, 4, 2));
    }

    [Fact]
    public void WorkerGone_BeforeReadyTooOften_BreaksThePoolAndItsJobs()
    {
        var script = new PoolScript(startAttempts: 2).Submit(1, tasks: 5);
        script.Dies(1).Wants(new StartWorker());
        script.Dies(2).Wants(new Broken(), new JobFinished(1));
        script.Submit(2, tasks: 5).Wants(new JobFinished(2));
    }

    [Fact]
    public void WorkerGone_BeforeReady_IsForgivenByOneThatIsReady()
    {
        var script = new PoolScript(startAttempts: 2).Dies(1).Ready(2);
        script.Dies(3).Wants(new StartWorker());
    }

    [Fact]
    public void WorkerGone_LastOneOfABrokenPool_JobFinishes()
    {
        var script = new PoolScript(startAttempts: 1).Ready(1).Submit(1, tasks: 5);
        script.Dies(2).Wants(new Broken());
        script.Dies(1, started: true).Wants(new TaskLost(1, 1, 0), new JobFinished(1));
    }

    [Fact]
    public void MoreInput_OfABrokenPool_DoesNotReviveTheJob()
    {
        var script = new PoolScript(startAttempts: 1).Ready(1).Submit(1, tasks: 1, ended: false);
        script.Dies(2);
        script.MoreInput(1, tasks: 5, ended: false).Wants();
        script.Done(1).Wants(new JobFinished(1));
    }

    [Fact]
    public void Cancel_RunningJob_DropsWhatHasNotBegun()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 10);
        script.Cancel(1).Wants(new CancelWork(1, 1));
        script.Done(1).Wants(new JobFinished(1));
    }

    [Fact]
    public void Cancel_ThenItsWorkerDies_NothingIsRunAgain()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 10);
        script.Cancel(1);
        script.Dies(1, started: true).Wants(new TaskLost(1, 1, 0), new JobFinished(1), new StartWorker());
    }

    [Fact]
    public void Close_IdleWorkers_RetireOnce()
    {
        var script = new PoolScript().Ready(1).Ready(2);
        script.Close().Wants(new RetireWorker(1), new RetireWorker(2));
        script.Dies(1).Wants();
        script.Dies(2).Wants();
    }

    [Fact]
    public void Close_JobsUnderWay_LetsThemFinish()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 1);
        script.Close().Wants();
        script.Done(1).Wants(new JobFinished(1), new RetireWorker(1));
    }

    [Fact]
    public void Close_ReplacementDiesBeforeReady_AnotherIsStartedForTheJobsLeft()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 5);
        script.Close();
        script.Dies(1, started: true);
        script.Dies(2).Wants(new StartWorker());
        script.Ready(3).Sends.ShouldNotBeEmpty();
    }

    [Fact]
    public void Close_WorkerDiesInTheLastTask_StartsNoOther()
    {
        var script = new PoolScript().Ready(1).Submit(1, tasks: 1);
        script.Close();
        script.Dies(1, started: true).Wants(new TaskLost(1, 1, 0), new JobFinished(1));
    }

    [Theory]
    [InlineData(0, 4, 1)]
    [InlineData(1, 4, 1)]
    [InlineData(16, 4, 1)]
    [InlineData(17, 4, 2)]
    [InlineData(1_000_000, 4, 62_500)]
    public void Automatic_AnySize_GivesFourChunksForEachWorker(long tasks, int workers, int size) => Chunks.Automatic(tasks, workers).ShouldBe(size);

    [Fact]
    public void Remaining_HalfDone_IsAsLongAsUntilNow()
    {
        var progress = new PoolProgress(Done: 50, Failed: 1, Total: 100, Elapsed: TimeSpan.FromSeconds(10));
        progress.Rate.ShouldBe(5);
        progress.Remaining.ShouldBe(TimeSpan.FromSeconds(10));
        (progress with { Total = null }).Remaining.ShouldBeNull();
        (progress with { Done = 0 }).Remaining.ShouldBeNull();
        (progress with { Elapsed = TimeSpan.Zero }).Rate.ShouldBe(0);
    }
}
