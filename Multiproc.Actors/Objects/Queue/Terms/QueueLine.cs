namespace Multiproc.Objects.Queues;

/// <summary>
/// The items of one priority, in order. Returned items are older than all that were never given out, so they go first. Items that expired in the middle are
/// only marked, and skipped when their turn comes.
/// </summary>
internal sealed class QueueLine
{
    private readonly Queue<QueueItem> _fresh = new();
    private readonly List<QueueItem> _returned = []; // The oldest is last: an item that is returned and taken again next costs no search.
    private HashSet<long>? _gone;

    public int Count => _fresh.Count + _returned.Count - (_gone?.Count ?? 0);

    /// <summary>Those that were never given out, the oldest first.</summary>
    public IEnumerable<QueueItem> Fresh => _gone is null ? _fresh : _fresh.Where(IsThere);

    /// <summary>Those that came back, the oldest last.</summary>
    public IEnumerable<QueueItem> Returned => _gone is null ? _returned : _returned.Where(IsThere);

    public void Append(QueueItem item) => _fresh.Enqueue(item);

    public bool TryPeek(out QueueItem item)
    {
        if (_returned.Count == 0)
        {
            return _fresh.TryPeek(out item);
        }

        item = _returned[^1];
        return true;
    }

    public bool TryTake(out QueueItem item)
    {
        bool taken = TryTakeFirst(out item);
        if (_gone is not null)
        {
            SkipGone();
        }

        return taken;
    }

    /// <summary>Returns an item to its place, as if it had never left.</summary>
    public void PutBack(QueueItem item)
    {
        int place = _returned.Count;
        while (place > 0 && _returned[place - 1].Place < item.Place)
        {
            place--;
        }

        _returned.Insert(place, item);
    }

    /// <summary>Puts back what was saved, in the order in which <see cref="Returned"/> gave it.</summary>
    public void AddReturned(QueueItem item) => _returned.Add(item);

    /// <summary>Removes an item that should not have been put; false when it is not here.</summary>
    public bool TryRemove(long number)
    {
        if (_gone?.Contains(number) == true)
        {
            return false;
        }

        int before = Count;
        _returned.RemoveAll(item => item.Number == number);
        for (int left = _fresh.Count; left > 0 && Count == before; left--)
        {
            // Rotates once around, so that the order stays.
            var item = _fresh.Dequeue();
            if (item.Number != number)
            {
                _fresh.Enqueue(item);
            }
            else
            {
                for (int rest = left - 1; rest > 0; rest--)
                {
                    _fresh.Enqueue(_fresh.Dequeue());
                }

                break;
            }
        }

        bool removed = Count < before;
        SkipGone();
        return removed;
    }

    /// <summary>Removes an item that is here, wherever it stands, without a search.</summary>
    public void Drop(long number)
    {
        (_gone ??= []).Add(number);
        SkipGone();
    }

    private bool TryTakeFirst(out QueueItem item)
    {
        if (_returned.Count == 0)
        {
            return _fresh.TryDequeue(out item);
        }

        item = _returned[^1];
        _returned.RemoveAt(_returned.Count - 1);
        return true;
    }

    /// <summary>The first item is never one that is gone.</summary>
    private void SkipGone()
    {
        while (_gone is { Count: > 0 } && TryPeek(out var first) && _gone.Remove(first.Number))
        {
            TryTakeFirst(out _);
        }

        _gone = _gone is { Count: > 0 } ? _gone : null;
    }

    private bool IsThere(QueueItem item) => !_gone!.Contains(item.Number);
}
