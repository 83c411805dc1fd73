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

    public void Send(PoolMember member, PoolEffect.Send send)
    {
        if (!roster.Jobs.TryGetValue(send.Job, out var job) || member.Line is not { IsLost: false } line)
        {
            return; // Terminated, or the worker is gone: the scheduling learns of its end and gives the chunk to another worker.
        }

        Note(member, job);
        try
        {
            if (job.KnownTo is not { } knownTo)
            {
                Begin(line, PoolMessage.Apply, job.Id);
                job.WriteDefinition(_frame);
                job.WriteInput(_frame, 0, line.LargestInput);
            }
            else
            {
                Define(PoolMessage.Define, knownTo, member, job, line);
                WriteRun(job, send, line);
            }

            SendFrame(member, line, job);
        }
        catch (ConnectionLostException)
        {
            // The worker is gone: the scheduling learns of its end.
        }

        Trim();
    }

    public void Send(PoolMember member, PoolEffect.SendConcurrent send)
    {
        if (!roster.Jobs.TryGetValue(send.Job, out var job) || member.Line is not { IsLost: false } line)
        {
            return; // As above.
        }

        Note(member, job);
        try
        {
            if (job.KnownTo is not { } knownTo)
            {
                Begin(line, PoolMessage.ApplyConcurrent, job.Id);
                job.WriteDefinition(_frame);
            }
            else
            {
                Define(PoolMessage.DefineConcurrent, knownTo, member, job, line);
                Begin(line, PoolMessage.RunConcurrent, job.Id);
                _frame.VarUInt((ulong)send.Task);
            }

            job.WriteInput(_frame, send.Task, line.LargestInput);
            SendFrame(member, line, job);
        }
        catch (ConnectionLostException)
        {
            // As above.
        }

        Trim();
    }

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

    private static void Note(PoolMember member, PoolJob job)
    {
        if (!job.Settings.Timeout.IsInfinite)
        {
            Interlocked.Increment(ref member.TimedChunks);
        }
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

    private void WriteRun(PoolJob job, PoolEffect.Send send, IWorkerLine line)
    {
        bool many = send.Count > 1 && !job.IsWatched && roster.Options.MaxMemoryPerWorker == 0 && line.RunsMany;
        Begin(line, many ? PoolMessage.RunMany : PoolMessage.Run, job.Id);
        _frame.VarUInt((ulong)send.First);
        _frame.VarUInt((uint)send.Count);
        if (many)
        {
            job.WriteInputs(_frame, send.First, send.Count, line.LargestInput);
            return;
        }

        for (int i = 0; i < send.Count; i++)
        {
            job.WriteInput(_frame, send.First + i, line.LargestInput);
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
