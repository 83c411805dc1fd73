using Multiproc.Python.Values;

namespace Multiproc.Python.Referents;

/// <summary>What the two kinds of queue have in common.</summary>
internal abstract class QueueReferentBase<T>(SharedQueueBase<T> queue) : Referent
{
    private static readonly string[] s_exposed = ["empty", "full", "get", "get_nowait", "join", "put", "put_nowait", "qsize", "task_done"];

    public override IReadOnlyList<string> Exposed => s_exposed;

    public override bool IsOfCaller => true;

    public override string Text => $"<{queue.Identity}>";

    public override object? Call(Arguments given, IClient client)
    {
        switch (given.Method)
        {
            case "put":
                object? item = given.Next("item");
                bool waits = given.NextTruth("block", true);
                Put(Typed<T>.From(item), Time(waits, given), client);
                return null;
            case "put_nowait":
                Put(Typed<T>.From(given.Next("item")), TimeSpan.Zero, client);
                return null;
            case "get":
                return Get(Time(given.NextTruth("block", true), given), client);
            case "get_nowait":
                return Get(TimeSpan.Zero, client);
            case "qsize":
                return queue.QSize();
            case "empty":
                return queue.QSize() == 0;
            case "full":
                return queue.Full();
            case "task_done":
                TaskDone();
                return null;
            case "join":
                Join(client);
                return null;
            default:
                throw Unknown(given);
        }
    }

    protected abstract bool TryTake(out T? item, TimeSpan? timeout, CancellationToken cancellation, IClient client);

    protected abstract void TaskDone();

    protected abstract void Join(IClient client);

    protected virtual void Added()
    {
    }

    private static TimeSpan? Time(bool waits, Arguments given)
    {
        double? seconds = given.NextSeconds("timeout");
        given.End();
        return !waits ? TimeSpan.Zero
            : seconds is < 0 ? throw PythonErrors.Value("'timeout' must be a non-negative number")
            : Arguments.Time(seconds);
    }

    private void Put(T item, TimeSpan? timeout, IClient client)
    {
        if (!queue.TryPut(item) && (timeout == TimeSpan.Zero || !client.Wait(token => Waited(item, timeout, token))))
        {
            throw PythonErrors.Full();
        }

        Added();
    }

    private bool Waited(T item, TimeSpan? timeout, CancellationToken token)
    {
        try
        {
            queue.Put(item, timeout, token);
            return true;
        }
        catch (QueueFullException)
        {
            return false;
        }
    }

    private object? Get(TimeSpan? timeout, IClient client)
    {
        if (TryTake(out var item, TimeSpan.Zero, CancellationToken.None, client))
        {
            return item;
        }

        return timeout != TimeSpan.Zero && client.Wait(token => TryTake(out item, timeout, token, client)) ? item : throw PythonErrors.Empty();
    }
}

/// <summary>
/// A Queue. Python's has task_done and join as well: they count the items that Python programs put. An item that a Python program died with before it had read
/// the answer goes back to its place.
/// </summary>
internal sealed class QueueReferent<T>(SharedQueue<T> queue) : QueueReferentBase<T>(queue)
{
    public override string TypeId => "Queue";

    /// <summary>The items that are not done; one count for all processes.</summary>
    private UnfinishedTasks Unfinished { get; set; } = new();

    public override void Join(Referent first) => Unfinished = ((QueueReferent<T>)first).Unfinished;

    protected override bool TryTake(out T? item, TimeSpan? timeout, CancellationToken cancellation, IClient client)
    {
        QueueLease<T>? lease;
        try
        {
            lease = timeout == TimeSpan.Zero ? (queue.TryLease(out var now) ? now : null) : queue.Lease(timeout, cancellation);
        }
        catch (QueueEmptyException)
        {
            lease = null;
        }

        if (lease is null)
        {
            item = default;
            return false;
        }

        item = lease.Item;
        client.WhenRead(lease.Complete, lease.Abandon);
        return true;
    }

    protected override void Added() => Unfinished.Add();

    protected override void TaskDone() => Unfinished.Done();

    protected override void Join(IClient client) => client.Wait(Unfinished.Wait);
}

/// <summary>A JoinableQueue: an item that a Python program died with before its task_done goes back to the head.</summary>
internal sealed class JoinableQueueReferent<T>(SharedJoinableQueue<T> queue) : QueueReferentBase<T>(queue)
{
    public override string TypeId => "JoinableQueue";

    protected override bool TryTake(out T? item, TimeSpan? timeout, CancellationToken cancellation, IClient client)
    {
        if (timeout == TimeSpan.Zero)
        {
            return queue.TryGet(out item);
        }

        try
        {
            item = queue.Get(timeout, cancellation);
            return true;
        }
        catch (QueueEmptyException)
        {
            item = default;
            return false;
        }
    }

    protected override void TaskDone()
    {
        try
        {
            queue.TaskDone();
        }
        catch (InvalidOperationException)
        {
            throw PythonErrors.Value("task_done() called too many times");
        }
    }

    protected override void Join(IClient client) => client.Wait(token => queue.Join(null, token));
}
