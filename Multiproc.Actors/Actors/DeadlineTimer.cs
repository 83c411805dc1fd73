using Akka.Actor;
using Multiproc.States;

namespace Multiproc.Actors;

/// <summary>
/// Wakes an actor when the deadline of its state has passed, accurate to the millisecond: Akka's scheduler ticks only every ten, and keeps a thread for that.
/// Used by the actor alone.
/// </summary>
internal sealed class DeadlineTimer(IActorRef owner) : IDisposable
{
    public static readonly LifecycleEvent.DeadlinePassed Passed = new();

    /// <summary>The longest time of a system timer, 49 days. A longer wait is armed again in between.</summary>
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromDays(30);

    private Instant _armed = Instant.Never;
    private ITimer? _timer;
    private long _generation;

    /// <summary>Arms a deadline. One that is later than the armed one needs no new timer: the state is woken early once and arms it again.</summary>
    public void Arm(Instant deadline, Instant now)
    {
        if (deadline >= _armed)
        {
            return;
        }

        _armed = deadline;
        _timer?.Dispose();
        var tick = new Tick(++_generation);
        var delay = TimeSpan.FromTicks(Math.Clamp(deadline.Ticks - now.Ticks, 0, s_longestDelay.Ticks));
        _timer = TimeProvider.System.CreateTimer(_ => owner.Tell(tick, ActorRefs.NoSender), null, delay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Accepts a tick; false for a tick of a timer that was replaced in the meantime.</summary>
    public bool TryTake(Tick tick)
    {
        if (tick.Generation != _generation || _armed == Instant.Never)
        {
            return false;
        }

        _armed = Instant.Never;
        return true;
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _armed = Instant.Never;
    }

    /// <summary>The message that a timer sends to its actor.</summary>
    internal sealed record Tick(long Generation);
}
