using System.Diagnostics;
using Multiproc.Serialization;

namespace Multiproc.Pool.Workers;

/// <summary>Measures how long the stages of a task took; written before its result.</summary>
internal sealed class TaskClock : ITaskClock
{
    private readonly WireWriter _writer;
    private readonly int _place;
    private readonly long _begun = Stopwatch.GetTimestamp();
    private long _read;
    private long _done;

    public TaskClock(WireWriter writer)
    {
        _writer = writer;
        _place = writer.Length;
        writer.Take(2 * sizeof(int)).Clear();
    }

    public void InputRead() => _read = Stopwatch.GetTimestamp();

    public void FunctionDone() => _done = Stopwatch.GetTimestamp();

    public void Finish()
    {
        long end = Stopwatch.GetTimestamp();
        long read = _read > 0 ? _read : end;
        long done = _done > 0 ? _done : end;
        _writer.PatchInt32(_place, Microseconds((read - _begun) + (end - done)));
        _writer.PatchInt32(_place + sizeof(int), Microseconds(done - read));
    }

    private static int Microseconds(long ticks) => (int)Math.Min(ticks * 1_000_000.0 / Stopwatch.Frequency, int.MaxValue);
}
