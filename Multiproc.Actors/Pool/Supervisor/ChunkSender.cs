using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Pool;

/// <summary>Sends chunks of tasks to workers. Used by the supervisor only.</summary>
internal sealed class ChunkSender(PoolRoster roster)
{
    private const int LargestKept = 8 * 1024 * 1024;
    private const int LargestRungLater = 4096;
    private const int LeastHeavy = 64 * 1024;

    /// <summary>Half the capacity of a link: data that does not fit there would be copied once more, into a backlog.</summary>
    private const int MostBytesAssigned = 4 * 1024 * 1024;

    private readonly List<PoolMember> _toBeRung = [];

    // Not the thread's shared writer: user code runs while an input is serialized, and may send frames itself.
    private WireWriter _frame = new() { KeepsPieces = true };

    public void Send(PoolMember member, PoolEffect.Send send) => Send(member, send.Job, send.First, send.Count, beside: false);

    public void Send(PoolMember member, PoolEffect.SendConcurrent send) => Send(member, send.Job, send.Task, 1, beside: true);

    /// <summary>Wakes the workers that were sent small frames since the last call.</summary>
    public void WakeReceivers()
    {
        foreach (var member in _toBeRung)
        {
            member.IsToBeRung = false;
            member.Line!.Announce(Wake.WhenWaiting);
        }

        _toBeRung.Clear();
    }

    // beside: one task that the worker is to run beside its chunks.
    private void Send(PoolMember member, int id, long first, int count, bool beside)
    {
        if (!roster.Jobs.TryGetValue(id, out var job) || member.Line is not { IsLost: false } line)
        {
            return; // Terminated, or the worker is gone: the scheduling learns of its end, and what becomes of the tasks.
        }

        if (!job.Settings.Timeout.IsInfinite)
        {
            Interlocked.Increment(ref member.TimedChunks);
        }

        try
        {
            if (job.KnownTo is not { } knownTo)
            {
                Begin(line, beside ? PoolMessage.ApplyConcurrent : PoolMessage.Apply, id);
                job.WriteDefinition(_frame);
                job.WriteInput(_frame, 0, line.LargestInput);
            }
            else
            {
                Define(beside ? PoolMessage.DefineConcurrent : PoolMessage.Define, knownTo, member, job, line);
                if (beside)
                {
                    Begin(line, PoolMessage.RunConcurrent, id);
                    _frame.VarUInt((ulong)first);
                    job.WriteInput(_frame, first, line.LargestInput);
                }
                else
                {
                    WriteRun(job, first, count, line);
                }
            }

            SendFrame(member, line, job);
        }
        catch (ConnectionLostException)
        {
            // The worker is gone: the scheduling learns of its end.
        }

        Trim();
    }

    /// <summary>Sends the function of a job to a worker that has not got it.</summary>
    private void Define(PoolMessage message, HashSet<int> knownTo, PoolMember member, PoolJob job, IWorkerLine line)
    {
        if (knownTo.Add(member.Id))
        {
            Begin(line, message, job.Id);
            job.WriteDefinition(_frame);
            line.Send(_frame, Wake.WhenWaiting);
        }
    }

    private void Trim()
    {
        _frame.Reset();
        if (_frame.Capacity > LargestKept)
        {
            _frame = new WireWriter { KeepsPieces = true };
        }
    }

    private void WriteRun(PoolJob job, long first, int count, IWorkerLine line)
    {
        bool many = count > 1 && !job.IsWatched && roster.Options.MaxMemoryPerWorker == 0 && line.RunsMany;
        Begin(line, many ? PoolMessage.RunMany : PoolMessage.Run, job.Id);
        _frame.VarUInt((ulong)first);
        _frame.VarUInt((uint)count);
        if (many)
        {
            job.WriteInputs(_frame, first, count, line.LargestInput);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            job.WriteInput(_frame, first + i, line.LargestInput);
        }
    }

    /// <summary>
    /// Sends a frame. For small frames the worker is woken once, after all effects of this step; for a large one at once, so that it is read meanwhile.
    /// </summary>
    private void SendFrame(PoolMember member, IWorkerLine line, PoolJob job)
    {
        int size = _frame.Total;
        bool later = size < LargestRungLater;
        line.Send(_frame, later ? Wake.Later : Wake.WhenWaiting);
        if (later && !member.IsToBeRung)
        {
            member.IsToBeRung = true;
            _toBeRung.Add(member);
        }

        if (size > LeastHeavy && size > job.LargestFrame)
        {
            // Queued, since the scheduling is in a step now.
            job.LargestFrame = size;
            roster.Tell(new PoolCommand.Heavy(job.Id, Math.Max(2, MostBytesAssigned / size)));
        }
    }

    private void Begin(IWorkerLine line, PoolMessage message, int job)
    {
        line.Begin(_frame);
        _frame.Byte((byte)message);
        _frame.VarUInt((uint)job);
    }
}
