using Akka.Actor;
using Multiproc.TestKit;

namespace Multiproc.Tests.Actors.Remote;

/// <summary>Queues and pools as sources of messages for actors, and locks within them.</summary>
public sealed class ActorPipeTests
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Queue_PipedToAnActor_ArrivesInOrder_UntilCancelled()
    {
        using var queue = Mp.Queue<int>();
        using var probe = new ActorProbe();
        using var end = new CancellationTokenSource();
        var pipe = queue.PipeTo(probe.Ref, cancellation: end.Token);
        foreach (int i in Enumerable.Range(0, 100))
        {
            queue.Put(i);
        }

        foreach (int i in Enumerable.Range(0, 100))
        {
            probe.Expect<int>($"item {i}").ShouldBe(i);
        }

        await end.CancelAsync();
        await pipe.WaitAsync(s_bound);
    }

    [Fact]
    public async Task Acknowledged_WorkerKilled_EveryItemIsDone()
    {
        using var queue = Mp.JoinableQueue<int>();
        using var done = Mp.Queue<int>();
        foreach (int i in Enumerable.Range(0, 200))
        {
            queue.Put(i);
        }

        var options = new ActorPipeOptions { Acknowledged = true, Unacknowledged = 4 };
        for (int victims = 2; ; victims--)
        {
            var worker = Mp.ActorOf(Props.Create<Worker>(done));
            int pid = await worker.Ask<int>("pid", s_bound);
            using var end = new CancellationTokenSource();
            var pipe = queue.PipeTo(worker, options, end.Token);
            if (victims > 0)
            {
                Await.Until("the worker to have done something", () => done.QSize() > 0);
                System.Diagnostics.Process.GetProcessById(pid).Kill();
                await pipe.WaitAsync(s_bound);
                continue;
            }

            Await.Until("the queue to be empty", () => queue.Empty());
            await end.CancelAsync();
            await pipe.WaitAsync(s_bound);
            await worker.GracefulStop(s_bound);
            break;
        }

        var items = new HashSet<int>();
        while (done.TryGet(out int item))
        {
            items.Add(item);
        }

        // Each at least once: what was done and not acknowledged was done again.
        items.ShouldBe(Enumerable.Range(0, 200), ignoreOrder: true);
    }

    [Fact]
    public async Task ResultsOfAPool_PipedToAnActor_ArriveInOrder()
    {
        using var pool = Mp.Pool(2);
        using var probe = new ActorProbe();
        await pool.Imap(static n => n * n, Enumerable.Range(0, 50)).AsAsyncEnumerable().PipeTo(probe.Ref).WaitAsync(s_bound);
        foreach (int i in Enumerable.Range(0, 50))
        {
            probe.Expect<int>($"result {i}").ShouldBe(i * i);
        }

        await pool.ApplyAsync(static n => n + 1, 41).AsTask().PipeTo(probe.Ref);
        probe.Expect<int>("the single result").ShouldBe(42);
    }

    [Fact]
    public async Task FailureOfASource_IsAMessage()
    {
        using var pool = Mp.Pool(1);
        using var probe = new ActorProbe();
        var results = pool.Imap(static n => n > 0 ? throw new InvalidOperationException("no more") : n, Enumerable.Range(0, 3));
        var pipe = results.AsAsyncEnumerable().PipeTo(probe.Ref);
        await Should.ThrowAsync<InvalidOperationException>(() => pipe.WaitAsync(s_bound));
        probe.Expect<int>("the result before").ShouldBe(0);
        probe.Expect<Status.Failure>("the failure").Cause.Message.ShouldBe("no more");
    }

    [Fact]
    public async Task LockAwaitedInAnActor_LeavesItsThreadFree()
    {
        using var gate = Mp.Lock();
        gate.Acquire();
        using var probe = new ActorProbe();
        var actors = Enumerable.Range(0, 20).Select(_ => Mp.ActorSystem.ActorOf(Props.Create(() => new Locker(gate, probe.Ref)))).ToList();
        actors.ForEach(static actor => actor.Tell("lock"));

        // Twenty blocked threads would leave none of the pool's for this one.
        (await Mp.ActorSystem.ActorOf(Props.Create<Echo>()).Ask<string>("free", s_bound)).ShouldBe("free");
        gate.Release();
        foreach (var _ in actors)
        {
            probe.Expect<string>("an actor that had the lock").ShouldBe("had it");
        }
    }

    internal sealed class Worker(SharedQueue<int> done) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is "pid")
            {
                Sender.Tell(Environment.ProcessId);
            }
            else
            {
                done.Put((int)message);
                Sender.Tell(true);
            }
        }
    }

    private sealed class Locker : ReceiveActor
    {
        public Locker(SharedLock gate, IActorRef observer) => ReceiveAsync<string>(async _ =>
        {
            await gate.AcquireAsync();
            gate.Release();
            observer.Tell("had it");
        });
    }
}
