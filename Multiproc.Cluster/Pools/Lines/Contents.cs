using Multiproc.Serialization;

namespace Multiproc.Cluster.Pools;

/// <summary>
/// Large contents of messages that the other side of a line keeps, so that they are sent once. Both sides have such a table and do the same with it in the
/// same order, so they agree without asking: what is not there any more is sent again. Bounded by bytes; what was used least recently goes first.
/// </summary>
/// <typeparam name="T">What is kept with a content: its hash for the sender, the bytes for the receiver.</typeparam>
internal sealed class ContentTable<T>(long capacity)
{
    private readonly LinkedList<(long Number, T Item, int Size)> _byUse = new();
    private readonly Dictionary<long, LinkedListNode<(long Number, T Item, int Size)>> _byNumber = [];
    private long _bytes;
    private long _last;

    public long Bytes => _bytes;

    public int Count => _byNumber.Count;

    /// <summary>Whether a content of this size is kept at all.</summary>
    public bool Keeps(int size) => size >= WireWriter.LeastPiece && size <= capacity;

    /// <summary>Adds a content; others go to make room for it.</summary>
    /// <param name="item">What is kept.</param>
    /// <param name="size">Its size; one that <see cref="Keeps"/> is true for.</param>
    /// <param name="gone">Called with what went.</param>
    /// <returns>Its number, which no other content ever gets.</returns>
    public long Add(T item, int size, Action<T>? gone = null)
    {
        while (_bytes + size > capacity && _byUse.Last is { } oldest)
        {
            _byUse.RemoveLast();
            _byNumber.Remove(oldest.Value.Number);
            _bytes -= oldest.Value.Size;
            gone?.Invoke(oldest.Value.Item);
        }

        _bytes += size;
        _byNumber.Add(++_last, _byUse.AddFirst((_last, item, size)));
        return _last;
    }

    /// <summary>Notes that a content is used once more, and returns it.</summary>
    /// <returns>False if it is not kept any more, or never was.</returns>
    public bool TryUse(long number, out T item)
    {
        if (!_byNumber.TryGetValue(number, out var node))
        {
            item = default!;
            return false;
        }

        _byUse.Remove(node);
        _byUse.AddFirst(node);
        item = node.Value.Item;
        return true;
    }
}
