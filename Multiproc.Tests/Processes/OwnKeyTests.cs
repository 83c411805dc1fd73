using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>A process that was given a key of its own uses the objects of its program, and passes them on, as any other.</summary>
public sealed class OwnKeyTests
{
    [Fact]
    public void ObjectsOfTheProgram_PassedDownThreeGenerations_Work()
    {
        using var manager = new SyncManager(authKey: [9, 9]);
        manager.Start();
        using var things = new Things(manager);
        using var child = Mp.Process(PassOn, things.All, 2);
        child.AuthKey = new byte[] { 1, 2, 3 };
        child.Start();
        child.Join(InChild.Bound).ShouldBeTrue();
        child.ExitCode.ShouldBe(0);
        things.Check(uses: 3);
    }

    [Fact]
    public void ObjectsOfTheProgram_SentThroughQueueAndPipe_Work()
    {
        using var manager = Mp.Manager();
        using var things = new Things(manager);
        using var sent = Mp.Queue<Shared>();
        var (ours, theirs) = Mp.Pipe();
        using (ours)
        using (theirs)
        {
            using var child = Mp.Process(Forward, sent, theirs);
            child.AuthKey = new byte[] { 1, 2, 3 };
            child.Start();
            sent.Put(things.All);
            var back = ours.Recv<Shared>(InChild.Bound);
            back.Use();
            child.Join(InChild.Bound).ShouldBeTrue();
            child.ExitCode.ShouldBe(0);
            things.Check(uses: 3);
        }
    }

    [Fact]
    public void ObjectOfAChildWithAKeyOfItsOwn_IsReachedByASibling()
    {
        using var offered = Mp.Queue<SharedQueue<string>>();
        using var done = Mp.Event();
        using var owner = Mp.Process(Offer, offered, done);
        owner.AuthKey = new byte[] { 1 };
        owner.Start();
        using var sibling = Mp.Process(PutInto, offered);
        sibling.AuthKey = new byte[] { 2 };
        sibling.Start();
        sibling.Join(InChild.Bound).ShouldBeTrue();
        sibling.ExitCode.ShouldBe(0);
        owner.Join(InChild.Bound).ShouldBeTrue();
        owner.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void KeyOfThisProcess_Changed_OldChildrenStillReachIt()
    {
        InChild.Run(static () =>
        {
            using var queue = Mp.Queue<string>();
            using var go = Mp.Event();
            using var child = Mp.Process(PutWhenTold, queue, go);
            child.Start();
            Mp.CurrentProcess.AuthKey = new byte[] { 5, 5 };
            using var young = Mp.Process(PutWhenTold, queue, go);
            young.Start();
            go.Set();
            string[] got = [queue.Get(InChild.Bound), queue.Get(InChild.Bound)];
            got.ShouldBe(["from a grandchild", "from a grandchild"]);
            child.Join(InChild.Bound).ShouldBeTrue();
            young.Join(InChild.Bound).ShouldBeTrue();
        });
    }

    private static void PassOn(Shared shared, int more)
    {
        shared.Use();
        if (more > 0)
        {
            using var child = Mp.Process(PassOn, shared, more - 1);
            child.AuthKey = new byte[] { (byte)more, 7 };
            child.Start();
            child.Join(InChild.Bound).ShouldBeTrue();
            child.ExitCode.ShouldBe(0);
        }
    }

    private static void Forward(SharedQueue<Shared> sent, Connection end)
    {
        using var local = Mp.Queue<Shared>();
        using var child = Mp.Process(static (given, to) =>
        {
            var shared = given.Get(InChild.Bound);
            shared.Use();
            to.Put(shared);
        }, sent, local);
        child.Start();
        var arrived = local.Get(InChild.Bound);
        arrived.Use();
        end.Send(arrived);
        child.Join(InChild.Bound).ShouldBeTrue();
    }

    private static void Offer(SharedQueue<SharedQueue<string>> offered, SharedEvent done)
    {
        using var mine = Mp.Queue<string>();
        offered.Put(mine);
        mine.Get(InChild.Bound).ShouldBe("from the sibling");
        done.Set();
    }

    private static void PutInto(SharedQueue<SharedQueue<string>> offered) => offered.Get(InChild.Bound).Put("from the sibling");

    private static void PutWhenTold(SharedQueue<string> queue, SharedEvent go)
    {
        go.Wait(InChild.Bound).ShouldBeTrue();
        using var child = Mp.Process(static given => given.Put("from a grandchild"), queue);
        child.Start();
        child.Join(InChild.Bound).ShouldBeTrue();
    }

    /// <summary>One of each type of object.</summary>
    public sealed record Shared(
        SharedQueue<int> Queue, SharedJoinableQueue<int> Joinable, SharedSimpleQueue<int> Simple, SharedLock Lock, SharedSemaphore Semaphore, SharedEvent Event,
        SharedCondition Condition,
        SharedValue<int> Value, SharedArray<int> Array, DictionaryProxy<string, int> Dictionary, ListProxy<int> List, SharedLock ManagersLock,
        SharedQueue<int> ManagersQueue)
    {
        public void Use()
        {
            Queue.Put(1);
            Joinable.Put(1);
            Simple.Put(1);
            using (Lock.Hold())
            using (ManagersLock.Hold())
            {
                Value.Increment();
                Array.Increment(1);
            }

            Semaphore.Release();
            Event.Set();
            using (Condition.Hold())
            {
                Condition.NotifyAll();
            }

            Dictionary.Increment("uses");
            List.Append(1);
            ManagersQueue.Put(1);
        }
    }

    private sealed class Things(SyncManager manager) : IDisposable
    {
        public Shared All { get; } = new(
            Mp.Queue<int>(), Mp.JoinableQueue<int>(), Mp.SimpleQueue<int>(), Mp.Lock(), Mp.Semaphore(0), Mp.Event(), Mp.Condition(), Mp.Value<int>(0),
            Mp.Array<int>(2),
            manager.Dictionary<string, int>(), manager.List<int>(), manager.Lock(), manager.Queue<int>());

        public void Check(int uses)
        {
            All.Value.Value.ShouldBe(uses);
            All.Array[1].ShouldBe(uses);
            All.Dictionary["uses"].ShouldBe(uses);
            All.List.Count.ShouldBe(uses);
            All.Event.IsSet.ShouldBeTrue();
            for (int i = 0; i < uses; i++)
            {
                All.Queue.Get(InChild.Bound).ShouldBe(1);
                All.Joinable.Get(InChild.Bound).ShouldBe(1);
                All.Simple.Get().ShouldBe(1);
                All.ManagersQueue.Get(InChild.Bound).ShouldBe(1);
                All.Semaphore.Acquire(InChild.Bound).ShouldBeTrue();
            }
        }

        public void Dispose()
        {
            All.Queue.Dispose();
            All.Joinable.Dispose();
            All.Simple.Dispose();
            All.Lock.Dispose();
            All.Semaphore.Dispose();
            All.Event.Dispose();
            All.Condition.Dispose();
            All.Value.Dispose();
            All.Array.Dispose();
        }
    }
}
