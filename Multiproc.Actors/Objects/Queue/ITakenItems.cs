using Multiproc.States;

namespace Multiproc.Objects.Queues;

/// <summary>The items that processes took from a queue and that may still go back: until they are acknowledged, or until they are done.</summary>
internal interface ITakenItems
{
    IEnumerable<QueueItem> Items { get; }

    /// <summary>The processes that have items, one entry for each item.</summary>
    IEnumerable<int> Holders { get; }

    /// <summary>Remembers that a call took an item, for a thread where that matters.</summary>
    void Add(Caller caller, int thread, QueueItem item);

    /// <summary>Remembers that a call took several items.</summary>
    void AddMany(Caller caller, int thread, QueueItem[] items);

    /// <summary>Removes and returns the items of a call that took several, after the first ones, which the call keeps.</summary>
    IReadOnlyList<QueueItem> Release(Caller caller, int kept);

    /// <summary>Removes and collects all items that a process has.</summary>
    void ReleaseAll(int process, List<QueueItem> released);
}
