using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.Transport;
using Multiproc.Transport.Rings;

namespace Multiproc.Pool.Workers;

/// <summary>
/// Runs a chunk of many tasks. Each result is in the staging buffer, in mapped memory, before the next task begins; the buffer is sent when it is
/// full, at the end of the chunk, or when a result has waited in it for some time.
/// </summary>
internal sealed class ManyRun(Peer parent, StagingBuffer draft, RunningTask running)
{
    private const int NotOpen = -1;
    private const int Coded = 0;
    private const int LargestKept = 8 * 1024 * 1024;
    private const int MostBetweenChecks = 64;

    private static readonly long s_longestDelay = Stopwatch.Frequency / 20_000;
    private static readonly long s_quick = Stopwatch.Frequency / 200_000;

    private WireWriter _writer = new();
    private int _job;
    private long _task;
    private int _left;
    private int _open = NotOpen;
    private long _sent;
    private long _checked;
    private int _betweenChecks;
    private int _untilLook;

    public bool GoesOn => _left > 0 && !running.IsCancelled(_job);

    public void Begin(int job, long first, int count, long now)
    {
        (_job, _task, _left) = (job, first, count);
        _sent = _checked = now;
        _betweenChecks = _untilLook = 1;
    }

    /// <summary>Adds the result of the next task, of a type that is <see cref="Packed{T}"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddPacked<T>(T result)
    {
        int size = Unsafe.SizeOf<T>();
        if (_open != size || draft.Room.Length < size)
        {
            Open(size);
        }

        Unsafe.WriteUnaligned(ref MemoryMarshal.GetReference(draft.Room), result);
        draft.Commit(size);
        Advance();
    }

    /// <exception cref="SerializationException">The result cannot be sent; nothing was added.</exception>
    public void Add<T>(T result)
    {
        int head = WriteHead(Coded);
        _writer.Byte(1);
        Serializer.Serialize(_writer, result);
        Append(head);
    }

    public void Fail(Exception failure)
    {
        if (_writer.Capacity > LargestKept)
        {
            // Releases a buffer that one large result has made too large.
            _writer = new WireWriter();
        }

        int head = WriteHead(Coded);
        _writer.Byte(0);
        TaskFailure.Write(_writer, failure);
        Append(head);
    }

    /// <summary>Sends the staging buffer without waking the receiver, which the end of the chunk does.</summary>
    public void Send()
    {
        if (_open != NotOpen)
        {
            _open = NotOpen;
            FaultPoint.Reached("result: staged");
            parent.SendStaged(Wake.Never);
            FaultPoint.Reached("result: sent");
        }
    }

    private void Append(int head)
    {
        var result = _writer.Written[head..];
        if (_open != Coded || draft.Room.Length < result.Length)
        {
            Send();
            if (_writer.Length > StagingBuffer.Bytes)
            {
                parent.Send(_writer, Wake.Never);
                if (_writer.Length > LargestKept)
                {
                    _writer = new WireWriter();
                }

                Advance();
                return;
            }

            result = _writer.Written;
            _open = Coded;
        }

        result.CopyTo(draft.Room);
        draft.Commit(result.Length);
        Advance();
    }

    private void Open(int size)
    {
        Send();
        WriteHead(size);
        _writer.Written.CopyTo(draft.Room);
        draft.Commit(_writer.Length);
        _open = size;
    }

    /// <summary>Writes the head of a frame of results that begins with the next task.</summary>
    private int WriteHead(int size)
    {
        Peer.BeginService(_writer, Service.Pool);
        _writer.Byte((byte)PoolMessage.Results);
        _writer.VarUInt((uint)_job);
        _writer.VarUInt((ulong)_task);
        _writer.VarUInt((uint)size);
        return _writer.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Advance()
    {
        _task++;
        _left--;
        if (--_untilLook == 0)
        {
            Check();
        }
    }

    /// <summary>Reads the clock, rarely while tasks are quick, since reading it costs more than a tiny task.</summary>
    private void Check()
    {
        long now = Stopwatch.GetTimestamp();
        _betweenChecks = now - _checked < s_quick ? Math.Min(MostBetweenChecks, 2 * _betweenChecks) : 1;
        _untilLook = _betweenChecks;
        _checked = now;
        if (now - _sent >= s_longestDelay)
        {
            _sent = now;
            Send();
        }
    }
}
