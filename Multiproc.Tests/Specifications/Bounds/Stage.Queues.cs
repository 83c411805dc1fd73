namespace Multiproc.Tests.Specifications.Bounds;

/// <content>Queues.</content>
public sealed partial class Stage
{
    private static Subject ClosedQueue(SharedQueue<int> queue)
    {
        queue.Put(1);
        queue.Close();
        return new Subject(queue, "a closed queue") { Owned = [queue] };
    }

    private static Subject Queue(SharedQueueBase<int> queue, string name, bool ready, string variant)
    {
        bool puts = name.Contains("Put", StringComparison.Ordinal);
        int count = puts ? ready ? 0 : 2 : ready ? 1 : 0;
        queue.PutMany(Enumerable.Range(0, count));
        return new Subject(queue, variant) { Owned = [queue], Untouched = () => queue.QSize().ShouldBe(count), Arguments = { ["items"] = new[] { 1, 2 } } };
    }

    private static Subject Joinable(SharedJoinableQueue<int> queue, bool ready, string variant)
    {
        if (!ready)
        {
            queue.Put(1);
        }

        return new Subject(queue, variant) { Owned = [queue] };
    }

    private static Subject Simple(bool ready)
    {
        var queue = Mp.SimpleQueue<int>();
        if (ready)
        {
            queue.Put(1);
        }

        return new Subject(queue, "a simple queue") { Owned = [queue], Untouched = () => queue.Empty().ShouldBe(!ready) };
    }

    private static Subject Piping()
    {
        var queue = Mp.Queue<int>();
        queue.Put(1);
        return new Subject(null, "a queue with an item, and nobody")
        {
            Owned = [queue],
            Arguments = { ["queue"] = queue, ["source"] = AsyncEnumerable.Repeat(1, 1), ["actor"] = Akka.Actor.ActorRefs.Nobody },
            Untouched = () => queue.QSize().ShouldBe(1),
        };
    }
}
