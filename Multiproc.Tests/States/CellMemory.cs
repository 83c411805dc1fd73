using System.Runtime.InteropServices;
using Multiproc.Objects.Barriers;
using Multiproc.Objects.Conditions;
using Multiproc.Objects.Countdowns;
using Multiproc.Objects.Events;
using Multiproc.Objects.Locks;
using Multiproc.Objects.Queues;
using Multiproc.Objects.ReadWriteLocks;
using Multiproc.Objects.Semaphores;

namespace Multiproc.Tests.States;

/// <summary>Zeroed memory for one cell, as a node would map it.</summary>
internal sealed unsafe class CellMemory(int bytes) : IDisposable
{
    private byte* _address = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, 64);

    public LockCell Lock => new(Cleared);

    public SemaphoreCell Semaphore => new(Cleared);

    public ReadWriteCell ReadWrite => new(Cleared);

    public CountdownCell Countdown => new(Cleared);

    public EventCell Event => new(Cleared);

    public ConditionCell Condition => new(Cleared);

    public AheadCell Ahead => new(Cleared);

    public BarrierCell Barrier => new(Cleared);

    /// <summary>The words as they are, for tests that stop a process between two writes.</summary>
    public Span<long> Words => new(_address, bytes / sizeof(long));

    private byte* Cleared
    {
        get
        {
            Words.Clear();
            return _address;
        }
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_address);
        _address = null;
    }
}
