using Multiproc.Objects.Queues;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.JoinableQueues;

/// <summary>
/// The items that processes took and have not finished yet, in the order in which each process took them. Python's <c>task_done</c> names no item: it is taken
/// to mean the oldest item of the calling thread, else of its process, else of any process.
/// </summary>
internal sealed class ClaimedItems : ITakenItems
{
    private readonly Dictionary<int, LinkedList<Claim>> _byProcess = [];

    public IEnumerable<QueueItem> Items => _byProcess.Values.SelectMany(static claims => claims).Select(static claim => claim.Item);

    public void Add(Caller caller, int thread, QueueItem item)
    {
        if (!_byProcess.TryGetValue(caller.Process, out var claims))
        {
            _byProcess.Add(caller.Process, claims = new());
        }

        claims.AddLast(new Claim(caller.Call, thread, item));
    }

    public void AddMany(Caller caller, int thread, QueueItem[] items)
    {
        foreach (var item in items)
        {
            Add(caller, thread, item);
        }
    }

    public IEnumerable<int> Holders => _byProcess.SelectMany(static each => Enumerable.Repeat(each.Key, each.Value.Count));

    /// <summary>Removes the item that is most likely meant; none when no process has one.</summary>
    public void Finish(int process, int thread)
    {
        if (_byProcess.TryGetValue(process, out var own))
        {
            Remove(process, own, OldestOf(own, thread) ?? own.First!);
        }
        else if (TryFindOldestHolder(out int holder))
        {
            Remove(holder, _byProcess[holder], _byProcess[holder].First!);
        }
    }

    public IReadOnlyList<QueueItem> Release(Caller caller, int kept)
    {
        var released = new List<QueueItem>();
        var claims = _byProcess.GetValueOrDefault(caller.Process);
        for (var node = claims?.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.Call == caller.Call && kept-- <= 0)
            {
                released.Add(node.Value.Item);
                Remove(caller.Process, claims!, node);
            }

            node = next;
        }

        return released;
    }

    public void ReleaseAll(int process, List<QueueItem> released)
    {
        if (_byProcess.Remove(process, out var claims))
        {
            released.AddRange(claims.Select(static claim => claim.Item));
        }
    }

    public void Save(WireWriter writer)
    {
        writer.VarUInt((uint)_byProcess.Values.Sum(static claims => claims.Count));
        foreach (var (process, claims) in _byProcess)
        {
            foreach (var claim in claims)
            {
                writer.Caller(new Caller(process, claim.Call));
                writer.Int32(claim.Thread);
                QueueItems.Write(writer, claim.Item);
            }
        }
    }

    public void Restore(ref WireReader reader)
    {
        for (int left = reader.Count(); left > 0; left--)
        {
            Add(reader.Caller(), reader.Int32(), QueueItems.ReadItem(ref reader));
        }
    }

    private static LinkedListNode<Claim>? OldestOf(LinkedList<Claim> claims, int thread)
    {
        var node = claims.First;
        while (node is not null && node.Value.Thread != thread)
        {
            node = node.Next;
        }

        return node;
    }

    private bool TryFindOldestHolder(out int process)
    {
        long oldest = long.MaxValue;
        process = Caller.LocalProcess;
        foreach (var (each, claims) in _byProcess)
        {
            if (claims.First!.Value.Item.Number < oldest)
            {
                oldest = claims.First.Value.Item.Number;
                process = each;
            }
        }

        return oldest != long.MaxValue;
    }

    private void Remove(int process, LinkedList<Claim> claims, LinkedListNode<Claim> claim)
    {
        claims.Remove(claim);
        if (claims.Count == 0)
        {
            _byProcess.Remove(process);
        }
    }

    private readonly record struct Claim(long Call, int Thread, QueueItem Item);
}
