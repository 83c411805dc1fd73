using System.Collections.Concurrent;
using Multiproc.Torture.Faults;

namespace Multiproc.Torture.Measuring;

/// <summary>The numbers of one load, and its broken promises. For any thread.</summary>
internal sealed class Tally
{
    private readonly ConcurrentQueue<string> _broken = new();
    private readonly ConcurrentDictionary<int, byte> _eaters = new();
    private readonly long[] _faults = new long[Enum.GetValues<FaultKind>().Length];
    private long _operations;
    private long _deaths;
    private long _hangs;
    private long _lost;
    private long _twice;
    private long _excused;

    public long Operations => Volatile.Read(ref _operations);
    public long Deaths => Volatile.Read(ref _deaths);
    public long Hangs => Volatile.Read(ref _hangs);
    public long Lost => Volatile.Read(ref _lost);
    public long Twice => Volatile.Read(ref _twice);

    /// <summary>What is missing or came again, and is explained by the death of who had it.</summary>
    public long Excused => Volatile.Read(ref _excused);

    public IReadOnlyCollection<string> Broken => _broken;

    public long Faults(FaultKind kind) => Volatile.Read(ref _faults[(int)kind]);

    public void CountFault(FaultKind kind) => Interlocked.Increment(ref _faults[(int)kind]);

    public void CountDeath() => Interlocked.Increment(ref _deaths);

    public void CountOperations(long count = 1) => Interlocked.Add(ref _operations, count);

    public void SetOperations(long count) => Volatile.Write(ref _operations, count);

    public void Excuse(long count = 1) => Interlocked.Add(ref _excused, count);

    /// <summary>Notes an order before it is sent: what it does may be seen first.</summary>
    public void ToldToFail(int pid, FaultKind kind)
    {
        if (kind == FaultKind.Memory)
        {
            _eaters[pid] = 0;
        }
    }

    /// <summary>Whether a process was told to use up its memory, so that it may end in any way.</summary>
    public bool MayEndAnyhow(int pid) => _eaters.ContainsKey(pid);

    public void Break(string promise) => _broken.Enqueue(promise);

    public void Hang(string what)
    {
        Interlocked.Increment(ref _hangs);
        Break($"hangs: {what}");
    }

    public void Lose(long count, string what)
    {
        Interlocked.Add(ref _lost, count);
        Break($"lost: {what}");
    }

    public void Double(long count, string what)
    {
        Interlocked.Add(ref _twice, count);
        Break($"twice: {what}");
    }
}
