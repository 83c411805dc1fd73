using System.Diagnostics;
using Multiproc.Torture.Crews;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Loads;

/// <summary>
/// A countdown that all processes signal, reset by this one, and a counter that they add to. A round ends with the last signal, neither before nor never, and
/// every signal and every addition is counted, once.
/// </summary>
internal sealed class CountdownLoad(LoadSettings settings) : CrewLoad("countdowns", settings)
{
    private const int Count = 50;

    private Objects? _shared;
    private long _taken;

    public override void Dispose()
    {
        base.Dispose();
        _shared?.Dispose();
    }

    protected override void MakeObjects() => _shared = new Objects(
        Mp.Countdown(Count), Mp.RawValue(0L), Mp.RawArray<long>(Settings.Crew), Mp.RawArray<long>(Settings.Crew),
        Mp.Counter(), Mp.RawArray<long>(Settings.Crew));

    protected override ChildProcess MakeProcess(Seat seat, ProcessOptions options) =>
        Mp.GetContext(StartMethod.ForkServer).Process(Work, seat, _shared!, options: options);

    protected override void OwnTurn()
    {
        for (long since = Stopwatch.GetTimestamp(); !_shared!.Left.Wait(TimeSpan.FromMilliseconds(20));)
        {
            // Meanwhile those who should signal may have died.
            Crew.Refill(Died);
            if (Stopwatch.GetElapsedTime(since) > Limits.Bound)
            {
                Tally.Hang($"the round of {_shared.Left} does not end");
                return;
            }
        }

        _shared.LookAt(round: _shared.Rounds.Value, Settings.Complaints);
        _shared.Left.Reset();

        // After the reset: who sees the number sees the round.
        _shared.Rounds.Value++;
        if (Choices.Next(4) == 0)
        {
            _taken += _shared.Sum.Reset();
        }
    }

    protected override void Judge()
    {
        long counted = (_shared!.Rounds.Value * Count) + Count - _shared.Left.CurrentCount;
        Compare("the countdown", counted, _shared.Done.Span.ToArray().Sum());
        Compare("the counter", _taken + _shared.Sum.Value, _shared.Added.Span.ToArray().Sum());
    }

    private void Compare(string what, long counted, long noted)
    {
        Tally.Excuse(Math.Clamp(counted - noted, 0, Deaths));
        if (counted < noted)
        {
            Tally.Lose(noted - counted, $"{what} counted {counted}, its users {noted}");
        }
        else if (counted > noted + Deaths)
        {
            Tally.Double(counted - noted, $"{what} counted {counted}, its users {noted}, and {Deaths} died");
        }
    }

    private static void Work(Seat seat, Objects shared) => seat.Work(random =>
    {
        shared.Sum.Increment();
        shared.Added.Increment(seat.Number);
        long round = shared.Rounds.Value;
        if (random.Next(8) == 0)
        {
            if (shared.Left.Wait(TimeSpan.FromMicroseconds(random.Next(3000))))
            {
                shared.LookAt(round, seat.Complaints);
            }

            return;
        }

        shared.Begun.Increment(seat.Number);
        try
        {
            shared.Left.Signal();
            shared.Done.Increment(seat.Number);
        }
        catch (InvalidOperationException)
        {
            // The count is zero: this one was not counted, and the next round begins in a moment.
            shared.Begun.Add(seat.Number, -1);
            Thread.CurrentThread.Join(1);
        }
    });

    /// <param name="Left">The countdown.</param>
    /// <param name="Rounds">How many rounds are over and reset.</param>
    /// <param name="Begun">How many signals each seat has begun that were not refused.</param>
    /// <param name="Done">How many signals of each seat have counted.</param>
    /// <param name="Sum">The counter.</param>
    /// <param name="Added">How often each seat has added to it.</param>
    private sealed record Objects(
        SharedCountdown Left, SharedValue<long> Rounds, SharedArray<long> Begun, SharedArray<long> Done,
        SharedCounter Sum, SharedArray<long> Added) : IDisposable
    {
        /// <summary>Somebody went on: at least the signals of all rounds up to this one were begun.</summary>
        public void LookAt(long round, Complaints complaints)
        {
            long begun = Begun.Span.ToArray().Sum();
            if (begun < (round + 1) * Count)
            {
                complaints.Tell("countdowns", $"twice: round {round} is over after {begun} signals, of which {(round + 1) * Count} are needed");
            }
        }

        public void Dispose()
        {
            Left.Dispose();
            Rounds.Dispose();
            Begun.Dispose();
            Done.Dispose();
            Sum.Dispose();
            Added.Dispose();
        }
    }
}
