using System.Diagnostics;
using Multiproc.Torture.Crews;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Loads;

/// <summary>
/// A barrier with a party in each process. It opens only when all have come, all of a round get another number, and the death of one that waits breaks it for
/// the others until it is reset.
/// </summary>
internal sealed class BarrierLoad(LoadSettings settings) : CrewLoad("barriers", settings)
{
    private Objects? _shared;
    private long _lastRounds;
    private long _lastRound = Stopwatch.GetTimestamp();

    public override void Dispose()
    {
        base.Dispose();
        _shared?.Dispose();
    }

    protected override void MakeObjects()
    {
        var board = new Board(Mp.RawArray<int>(Settings.Crew), Mp.RawValue(0L), Mp.RawArray<long>(Settings.Crew), Settings.Complaints);
        _shared = new Objects(Mp.Barrier(Settings.Crew, board.Open), board);
    }

    protected override ChildProcess MakeProcess(Seat seat, ProcessOptions options) =>
        Mp.GetContext(StartMethod.ForkServer).Process(Work, seat, _shared!, options: options);

    protected override void OwnTurn()
    {
        if (_shared!.Barrier.Broken)
        {
            _shared.Barrier.Reset();
        }

        long rounds = _shared.Board.Rounds.Value;
        if (rounds != _lastRounds)
        {
            (_lastRounds, _lastRound) = (rounds, Stopwatch.GetTimestamp());
        }
        else if (Stopwatch.GetElapsedTime(_lastRound) > 2 * Limits.Bound)
        {
            Tally.Hang("no round of the barrier ends, though it is reset");
            _lastRound = Stopwatch.GetTimestamp();
        }

        Thread.CurrentThread.Join(5);
    }

    protected override void Judge()
    {
        long[] given = _shared!.Board.Given.Span.ToArray();

        // Each round gives each number once; a party that died after its round did not count its own.
        if (given.Any(each => each > _shared.Board.Rounds.Value))
        {
            Tally.Double(1, $"in {_shared.Board.Rounds.Value} rounds the numbers were given {string.Join(", ", given)} times");
        }

        Tally.Excuse((_shared.Board.Rounds.Value * given.Length) - given.Sum());
        if ((_shared.Board.Rounds.Value * given.Length) - given.Sum() > Deaths * given.Length)
        {
            Tally.Lose(1, $"in {_shared.Board.Rounds.Value} rounds the numbers were given {string.Join(", ", given)} times, and {Deaths} died");
        }
    }

    private static void Work(Seat seat, Objects shared) => seat.Work(_ =>
    {
        shared.Board.Waits.Exchange(seat.Number, 1);
        try
        {
            int number = shared.Barrier.Wait(Limits.Bound);
            shared.Board.Given.Increment(number);
        }
        catch (BrokenBarrierException)
        {
            Thread.CurrentThread.Join(2); // Until it is reset by the process that replaces the dead.
        }
    });

    /// <summary>The parties that wait, by their own notes.</summary>
    /// <param name="Waits">
    /// 1 for each party from before it waits until its round ends. Not cleared when the barrier breaks, or the party dies: the action of that round may be
    /// running.
    /// </param>
    /// <param name="Rounds">How many rounds have ended.</param>
    /// <param name="Given">How often each number was given.</param>
    /// <param name="Complaints">Where to tell of broken promises.</param>
    private sealed record Board(SharedArray<int> Waits, SharedValue<long> Rounds, SharedArray<long> Given, Measuring.Complaints Complaints)
    {
        /// <summary>The barrier's action: in one process, when all have come and none has gone on.</summary>
        public void Open()
        {
            for (int party = 0; party < Waits.Length; party++)
            {
                if (Waits.Exchange(party, 0) != 1)
                {
                    Complaints.Tell("barriers", $"the barrier opened although party {party} had not come");
                }
            }

            Rounds.Value++;
        }
    }

    private sealed record Objects(SharedBarrier Barrier, Board Board) : IDisposable
    {
        public void Dispose()
        {
            Barrier.Dispose();
            Board.Waits.Dispose();
            Board.Rounds.Dispose();
            Board.Given.Dispose();
        }
    }
}
