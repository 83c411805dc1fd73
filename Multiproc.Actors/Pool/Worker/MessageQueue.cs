namespace Multiproc.Pool.Workers;

/// <summary>
/// A first-in-first-out queue of messages. Not the framework's queue, whose code for our struct would be compiled at the start of each worker.
/// </summary>
internal sealed class MessageQueue
{
    private const int FirstCapacity = 16;

    private WorkerInbox.Message[] _items = new WorkerInbox.Message[FirstCapacity];
    private int _first;

    public int Count { get; private set; }

    /// <summary>Gets the oldest message; the queue must not be empty.</summary>
    public ref readonly WorkerInbox.Message Oldest => ref _items[_first];

    public void Add(WorkerInbox.Message message)
    {
        if (Count == _items.Length)
        {
            Grow();
        }

        _items[(_first + Count) & (_items.Length - 1)] = message;
        Count++;
    }

    public WorkerInbox.Message Take()
    {
        var oldest = _items[_first];
        _items[_first] = default;
        _first = (_first + 1) & (_items.Length - 1);
        Count--;
        return oldest;
    }

    public void Clear()
    {
        while (Count > 0)
        {
            Take();
        }
    }

    private void Grow()
    {
        var larger = new WorkerInbox.Message[2 * _items.Length];
        int begin = _items.Length - _first;
        System.Array.Copy(_items, _first, larger, 0, begin);
        System.Array.Copy(_items, 0, larger, begin, _first);
        _items = larger;
        _first = 0;
    }
}
