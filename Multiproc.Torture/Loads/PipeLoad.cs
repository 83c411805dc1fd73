using System.Diagnostics;
using Multiproc.Torture.Crews;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Loads;

/// <summary>A pipe to each process, which echoes messages of all sizes. They arrive whole and in order; the end of the other process is told in time.</summary>
internal sealed class PipeLoad(LoadSettings settings) : CrewLoad("pipes", settings)
{
    private const int Longest = 300_000;
    private const int MostAtOnce = 4;

    private readonly Dictionary<int, Connection> _ends = [];

    /// <summary>Ends that processes have been started with, and that this process closes: a pipe has ended when nobody has its end.</summary>
    private readonly List<Connection> _sent = [];

    public override void Dispose()
    {
        base.Dispose();
        foreach (var end in _ends.Values.Concat(_sent))
        {
            end.Dispose();
        }
    }

    protected override void MakeObjects()
    {
    }

    protected override ChildProcess MakeProcess(Seat seat, ProcessOptions options)
    {
        var (ours, theirs) = Mp.Pipe();
        if (_ends.Remove(seat.Number, out var former))
        {
            former.Dispose();
        }

        _ends[seat.Number] = ours;
        _sent.Add(theirs);
        return Mp.GetContext(StartMethod.ForkServer).Process(Work, seat, theirs, options: options);
    }

    protected override void OwnTurn()
    {
        _sent.ForEach(static each => each.Dispose());
        _sent.Clear();
        foreach (var (seat, end) in _ends)
        {
            long begun = Stopwatch.GetTimestamp();
            try
            {
                Echo(end);
            }
            catch (Exception told) when (told is IOException or ConnectionLostException or ObjectDisposedException)
            {
                if (Stopwatch.GetElapsedTime(begun) > Limits.Bound)
                {
                    Tally.Hang($"the end of a pipe's peer was told after {Stopwatch.GetElapsedTime(begun).TotalSeconds:0} s");
                }
            }
            catch (Exception late) when (late is TimeoutException or OperationCanceledException)
            {
                Tally.Hang($"pipe {seat}: {late.Message}");
            }
        }
    }

    protected override void Judge()
    {
        _sent.ForEach(static each => each.Dispose());
        foreach (var end in _ends.Values)
        {
            try
            {
                while (true)
                {
                    end.Recv<byte[]>(Limits.Bound);
                }
            }
            catch (IOException)
            {
                // The end of a process that was killed: every call ends with it.
            }
        }
    }

    private void Echo(Connection end)
    {
        using var bound = new CancellationTokenSource(Limits.Bound);
        int count = Choices.Next(1, MostAtOnce + 1);
        byte first = (byte)Choices.Next(256);
        int[] lengths = [.. Enumerable.Range(0, count).Select(_ => Choices.Next(4) == 0 ? Choices.Next(Longest) : Choices.Next(2000))];
        for (int i = 0; i < count; i++)
        {
            byte[] message = new byte[lengths[i]];
            message.AsSpan().Fill((byte)(first + i));
            end.Send(message, bound.Token);
        }

        for (int i = 0; i < count; i++)
        {
            byte[] back = end.Recv<byte[]>(Limits.Bound);
            if (back.Length != lengths[i] || back.AsSpan().IndexOfAnyExcept((byte)(first + i)) >= 0)
            {
                Tally.Break($"a pipe gave back {back.Length} bytes in place of {lengths[i]}, or other ones");
            }
        }
    }

    private static void Work(Seat seat, Connection end) => seat.Work(_ => end.Send(end.Recv<byte[]>(Limits.Bound + Limits.Bound)));
}
