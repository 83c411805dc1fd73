using System.Runtime.InteropServices;
using Multiproc.Objects.Semaphores;

namespace Multiproc.Objects.ReadWriteLocks;

/// <summary>
/// A lock for readers and writers in mapped memory. Reading is a permit of a <see cref="SemaphoreCell"/>: one compare-and-swap, and known to the node although
/// the reader may die right after it. Everything else is done by the node alone.
/// </summary>
/// <remarks>
/// The semaphore's mark of waiters closes the lock to new readers: while it is set, only the node gives out the lock, and each reader that leaves tells it. The
/// node sets the mark before it looks whether there are readers, so none comes in afterwards, and none leaves unnoticed.
/// <para>
/// Behind the semaphore are a part that only the node writes, and for each slot a few threads that read: what they write is for inspection alone. A thread
/// writes its id after it got its permit and removes it before it gives the permit back, so a thread that is there does read. Threads that find their place
/// taken are not there: nobody relies on an entry.
/// </para>
/// </remarks>
internal readonly unsafe struct ReadWriteCell(byte* address) : ICell<ReadWriteCell>
{
    public const int MaxReaders = SemaphoreCell.MaxCount;
    public const int Bytes = ThreadsOffset + ((SemaphoreCell.Slots + 1) * ThreadsPerSlot * sizeof(int));

    private const int ExclusiveOffset = 576;
    private const int ThreadsOffset = 640;
    private const int ThreadsPerSlot = 4;
    private const int UnknownProcess = (1 << 29) - 3;

    private readonly byte* _address = address;

    static int ICell<ReadWriteCell>.Size => Bytes;

    static ReadWriteCell ICell<ReadWriteCell>.At(byte* address) => new(address);

    /// <summary>The permits of the readers.</summary>
    public SemaphoreCell Permits => new(_address);

    public int Readers => MaxReaders - Permits.Count;

    /// <summary>The fencing token: grows by one with each exclusive hold, and with each upgrade.</summary>
    public long Fence => Volatile.Read(ref Part.Fence);

    public bool IsAbandoned => Volatile.Read(ref Part.Abandoned) != 0;

    /// <summary>Whether there is a writer, upgraded or not.</summary>
    public bool IsWriteHeld => (Mode)Volatile.Read(ref Part.Holder.Mode) is Mode.Write or Mode.Upgraded;

    private ref ExclusivePart Part => ref *(ExclusivePart*)(_address + ExclusiveOffset);

    /// <summary>How the lock is held by one alone.</summary>
    public enum Mode
    {
        None,

        /// <summary>Beside readers.</summary>
        Upgradeable,

        /// <summary>Held by a writer that began as an upgradeable reader.</summary>
        Upgraded,
        Write,
    }

    public void Initialize() => Permits.Initialize(MaxReaders);

    /// <summary>Acquires the lock for reading, unless it is closed to new readers.</summary>
    public bool TryRead(int slot, int thread)
    {
        if (!Permits.TryTake(slot))
        {
            return false;
        }

        NoteThread(slot, thread);
        return true;
    }

    /// <summary>Ends one hold of a reader of this slot.</summary>
    public PermitOutcome EndRead(int slot, int thread)
    {
        ForgetThread(slot, thread);
        return Permits.GiveBack(slot);
    }

    /// <summary>Says that a thread of the slot reads, if there is room.</summary>
    public void NoteThread(int slot, int thread)
    {
        ref int place = ref ThreadsOf(slot)[thread & (ThreadsPerSlot - 1)];
        if (Volatile.Read(ref place) == 0)
        {
            Volatile.Write(ref place, thread);
        }
    }

    /// <summary>The threads of a slot that are known to read: at most as many as do.</summary>
    public int[] ReadingThreads(int slot)
    {
        int* threads = ThreadsOf(slot);
        int[] known = new int[ThreadsPerSlot];
        for (int i = 0; i < ThreadsPerSlot; i++)
        {
            known[i] = Volatile.Read(ref threads[i]);
        }

        return Array.FindAll(known, static thread => thread != 0);
    }

    /// <summary>For the node: ends the holds of a dead process's readers.</summary>
    public void Reclaim(int slot)
    {
        new Span<int>(ThreadsOf(slot), ThreadsPerSlot).Clear();
        Permits.Reclaim(slot);
    }

    /// <summary>Reads who holds the lock alone, at one moment.</summary>
    public Mode ReadHolder(out int process, out int thread)
    {
        while (true)
        {
            long fence = Fence;
            int mode = Volatile.Read(ref Part.Holder.Mode);
            process = Volatile.Read(ref Part.Holder.Process);
            thread = Volatile.Read(ref Part.Holder.Thread);

            // Whenever process and thread change, the mode is none, and the fence grows before it is another one.
            if (Volatile.Read(ref Part.Holder.Mode) == mode && Fence == fence)
            {
                return (Mode)mode;
            }
        }
    }

    /// <summary>For the node: gives the lock to one alone.</summary>
    /// <returns>The fence.</returns>
    public long Give(Mode mode, int process, int thread)
    {
        Volatile.Write(ref Part.Holder.Mode, (int)Mode.None);
        Volatile.Write(ref Part.Holder.Process, process);
        Volatile.Write(ref Part.Holder.Thread, thread);
        Volatile.Write(ref Part.Fence, Part.Fence + 1);
        Volatile.Write(ref Part.Holder.Mode, (int)mode);
        return Part.Fence;
    }

    /// <summary>For the node: the holder has the lock in another way now, or no more.</summary>
    public void SetMode(Mode mode) => Volatile.Write(ref Part.Holder.Mode, (int)mode);

    /// <summary>For the node: a writer died, or its successor has repaired what the lock protects.</summary>
    public void SetAbandoned(bool abandoned) => Volatile.Write(ref Part.Abandoned, abandoned ? 1 : 0);

    /// <summary>For the owner of a new lock: the fence above which those of its holds are, and whether a writer of a lock before it may have died.</summary>
    public void StartAt(long fence, bool abandoned)
    {
        Volatile.Write(ref Part.Fence, fence);
        SetAbandoned(abandoned);
    }

    /// <summary>
    /// For a copy of the cell: replaces the holder's number by the one that the reader of the copy knows; -1 for a process that it does not know.
    /// </summary>
    public void Renumber(Func<int, int> numberOf)
    {
        if (ReadHolder(out int process, out _) != Mode.None)
        {
            int number = numberOf(process);
            Part.Holder.Process = number < 0 ? UnknownProcess : number;
        }
    }

    /// <summary>Removes the entry of a thread; without one, of another reader of the process, for which this thread may have released.</summary>
    private void ForgetThread(int slot, int thread)
    {
        int* threads = ThreadsOf(slot);
        ref int own = ref threads[thread & (ThreadsPerSlot - 1)];
        if (Volatile.Read(ref own) == thread)
        {
            Volatile.Write(ref own, 0);
            return;
        }

        for (int i = 0; i < ThreadsPerSlot; i++)
        {
            if (Volatile.Read(ref threads[i]) != 0)
            {
                Volatile.Write(ref threads[i], 0);
                return;
            }
        }
    }

    private int* ThreadsOf(int slot) => (int*)(_address + ThreadsOffset) + (slot * ThreadsPerSlot);

    /// <summary>What only the node writes.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    private struct ExclusivePart
    {
        [FieldOffset(0)]
        public long Fence;

        [FieldOffset(8)]
        public HolderPart Holder;

        [FieldOffset(24)]
        public int Abandoned;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct HolderPart
    {
        public int Mode;
        public int Process;
        public int Thread;
        private readonly int _reserved;
    }
}
