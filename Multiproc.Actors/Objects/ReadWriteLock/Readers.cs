using Multiproc.Objects.Semaphores;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.ReadWriteLocks;

/// <summary>
/// The readers of the lock. Processes with a slot read by the cell. One of another machine, or one that comes when all slots are taken, reads by commands
/// alone, and its reading threads are kept here; zero is a thread that is not known.
/// </summary>
internal sealed class Readers(ReadWriteCell cell)
{
    private readonly Dictionary<int, int> _slots = new() { [Caller.LocalProcess] = SemaphoreCell.NodeSlot };
    private readonly Dictionary<int, List<int>> _withoutSlot = [];

    /// <summary>Gives a process a slot; -1 when there is none left, or it reads without one now.</summary>
    public int Join(int process)
    {
        if (_slots.TryGetValue(process, out int slot))
        {
            return slot;
        }

        // What a process without a slot holds is counted here: with a slot as well, neither count would be right.
        for (slot = 0; slot < SemaphoreCell.Slots && !_withoutSlot.ContainsKey(process); slot++)
        {
            if (!_slots.ContainsValue(slot))
            {
                _slots.Add(process, slot);
                return slot;
            }
        }

        return -1;
    }

    /// <summary>Adds a reader, although the lock may be closed to those that come by themselves.</summary>
    public void Add(int process, int thread)
    {
        if (_slots.TryGetValue(process, out int slot))
        {
            cell.Permits.TryTake(slot, pastWaiters: true);
            return;
        }

        cell.Permits.TryTake(SemaphoreCell.SharedSlot, pastWaiters: true);
        if (!_withoutSlot.TryGetValue(process, out var threads))
        {
            _withoutSlot.Add(process, threads = []);
        }

        threads.Add(thread);
    }

    /// <summary>Removes a reader; false when the process has none.</summary>
    public bool TryRemove(int process, int thread)
    {
        if (_slots.TryGetValue(process, out int slot))
        {
            return cell.EndRead(slot, thread) != PermitOutcome.NotHeld;
        }

        if (!_withoutSlot.TryGetValue(process, out var threads))
        {
            return false;
        }

        if (!threads.Remove(thread))
        {
            threads.RemoveAt(threads.Count - 1);
        }

        if (threads.Count == 0)
        {
            _withoutSlot.Remove(process);
        }

        cell.Permits.GiveBack(SemaphoreCell.SharedSlot);
        return true;
    }

    /// <summary>How many holds a process has.</summary>
    public int Count(int process) =>
        _slots.TryGetValue(process, out int slot) ? cell.Permits.Held(slot) : _withoutSlot.TryGetValue(process, out var threads) ? threads.Count : 0;

    /// <summary>Removes the readers of a process that is gone.</summary>
    public void Forget(int process)
    {
        if (_slots.Remove(process, out int slot))
        {
            cell.Reclaim(slot);
        }

        if (_withoutSlot.Remove(process, out var threads))
        {
            for (int left = threads.Count; left > 0; left--)
            {
                cell.Permits.GiveBack(SemaphoreCell.SharedSlot);
            }
        }
    }

    /// <summary>The readers: threads that are known one by one, the others of a process together.</summary>
    public IEnumerable<StateHolder> All()
    {
        foreach (var (process, slot) in _slots)
        {
            int held = cell.Permits.Held(slot);
            int[] threads = held > 0 ? cell.ReadingThreads(slot) : [];
            foreach (var each in Of(process, threads, held))
            {
                yield return each;
            }
        }

        foreach (var (process, threads) in _withoutSlot)
        {
            foreach (var each in Of(process, [.. threads.Where(static thread => thread != 0)], threads.Count))
            {
                yield return each;
            }
        }
    }

    public void Save(WireWriter writer)
    {
        writer.VarUInt((uint)_slots.Count);
        foreach (var (process, slot) in _slots)
        {
            writer.VarUInt((uint)process);
            writer.VarUInt((uint)slot);
        }

        writer.VarUInt((uint)_withoutSlot.Count);
        foreach (var (process, threads) in _withoutSlot)
        {
            writer.VarUInt((uint)process);
            writer.VarUInt((uint)threads.Count);
            threads.ForEach(thread => writer.VarUInt((uint)thread));
        }
    }

    public void Restore(ref WireReader reader)
    {
        _slots.Clear();
        for (int left = reader.Count(); left > 0; left--)
        {
            _slots.Add(reader.Natural(), reader.Natural());
        }

        for (int left = reader.Count(); left > 0; left--)
        {
            int process = reader.Natural();
            var threads = new List<int>();
            for (int more = reader.Count(); more > 0; more--)
            {
                threads.Add(reader.Natural());
            }

            _withoutSlot.Add(process, threads);
        }
    }

    private static IEnumerable<StateHolder> Of(int process, int[] threads, int held)
    {
        foreach (var each in threads.GroupBy(static thread => thread))
        {
            yield return new StateHolder(process, each.Key, each.Count());
        }

        if (held > threads.Length)
        {
            yield return new StateHolder(process, 0, held - threads.Length);
        }
    }
}
