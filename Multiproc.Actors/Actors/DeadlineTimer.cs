using Akka.Actor;
using Multiproc.States;

namespace Multiproc.Actors;

/// <summary>
/// Wakes an actor when the deadline of its state has passed, accurate to two milliseconds and whatever the thread pool does: callers whose timeout ends here
/// may be what blocks it. (Akka's scheduler ticks every ten milliseconds.) Used by the actor alone.
/// </summary>
internal sealed class DeadlineTimer(IReplyTo node, IActorRef owner) : IDisposable
{
    public static readonly LifecycleEvent.DeadlinePassed Passed = new();

    private Instant _armed = Instant.Never;
    private IDisposable? _alarm;
    private long _generation;

    /// <summary>Arms a deadline. One that is later than the armed one needs no new alarm: the state is woken early once and arms it again.</summary>
    public void Arm(Instant deadline, Instant now)
    {
        if (deadline >= _armed)
        {
            return;
        }

        _armed = deadline;
        _alarm?.Dispose();
        var tick = new Tick(++_generation);
        _alarm = node.Alarm(TimeSpan.FromTicks(Math.Max(0, deadline.Ticks - now.Ticks)), () => owner.Tell(tick, ActorRefs.NoSender));
    }

    /// <summary>Accepts a tick; false for a tick of an alarm that was replaced in the meantime.</summary>
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
        _alarm?.Dispose();
        _armed = Instant.Never;
    }

    /// <summary>The message that an alarm sends to its actor.</summary>
    internal sealed record Tick(long Generation);
}
