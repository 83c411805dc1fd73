using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;
using Multiproc.Cluster.Nodes;
using Multiproc.Cluster.Tests.Nodes;
using Multiproc.TestKit;

namespace Multiproc.Cluster.Tests.Membership;

/// <summary>A program whose code blocks all threads of the runtime's pool, as synchronous waits in a server do, keeps its node.</summary>
[Collection(MoreNodeTests.Name)]
public sealed class StarvationTests
{
    /// <summary>The pool adds one or two threads per second by itself: these are enough for minutes.</summary>
    private const int Blocked = 200;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);

    // Of the node that is starved, from one order to the next.
    private static readonly ManualResetEventSlim s_end = new();

    [Fact]
    public async Task Node_WhoseProgramBlocksThePool_StaysAMember()
    {
        using var folder = new ClusterFolder();
        await using var here = await ClusterContext.JoinAsync(folder.Options());
        using var starved = new NodeProcess(folder.Journal, here.Address, ClusterFolder.Strangers);
        string address = starved.Address;
        var unreachable = new ConcurrentQueue<string>();
        var observer = here.Node.System.ActorOf(Props.Create(() => new Observer(unreachable)));
        Akka.Cluster.Cluster.Get(here.Node.System).Subscribe(observer, typeof(ClusterEvent.UnreachableMember));
        starved.Do(static _ => BlockThePool());

        // A node that joins is up only when all others know of it, the starved one too. Each of these takes about as long as a silence that is taken for death.
        for (int i = 0; i < 4; i++)
        {
            await using var other = await ClusterContext.JoinAsync(folder.Options(here.Address)).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        }

        unreachable.ShouldNotContain(address, "the others may be, while they leave");
        starved.Do(static _ => s_end.Set());
        starved.Do(static cluster => cluster.Lock("gate").Acquire(s_patience).ShouldBeTrue());
        here.Members.ShouldContain(each => each.Address == address);
        starved.Do(static _ => Await.Until("the pool has as few threads as before", static () => LeastThreads() == Environment.ProcessorCount));
    }

    private static int LeastThreads()
    {
        ThreadPool.GetMinThreads(out int least, out _);
        return least;
    }

    private static void BlockThePool()
    {
        for (int i = 0; i < Blocked; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static end => end.Wait(), s_end, preferLocal: false);
        }

        Await.Until("the pool has begun with them", static () => ThreadPool.PendingWorkItemCount < Blocked);
    }

    private sealed class Observer(ConcurrentQueue<string> seen) : UntypedActor
    {
        protected override void OnReceive(object message) => seen.Enqueue(ClusterView.HostAndPort(((ClusterEvent.UnreachableMember)message).Member.Address));
    }
}
