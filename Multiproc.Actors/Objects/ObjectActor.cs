using Multiproc.Kernel;
using Multiproc.Objects.References;

namespace Multiproc.Objects;

/// <summary>A command on its way to its object.</summary>
internal sealed record Delivery(Caller Caller, ICommand Command);

/// <summary>
/// The shell of a shared object: takes one command at a time, steps the state, performs the effects. It is told of every
/// process that leaves the home, and it never blocks: whoever delivers a command runs it.
/// </summary>
internal sealed class ObjectActor(Home home, IObjectState state) : Actor
{
    private const string DeadlineTimer = "deadline";

    private static readonly LifeCommand.DeadlinePassed s_deadlinePassed = new();

    /// <summary>The system's timers end at 49 days. Who waits longer is looked after in between.</summary>
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromDays(30);

    private readonly Effects _effects = new();
    private readonly bool _canDeadlock = state is Locks.LockState;
    private readonly Dictionary<Caller, Instant> _waiting = [];
    private Instant _armed = Instant.Never;
    private Caller _current;

    protected override void Receive(object message)
    {
        var now = home.Now;
        switch (message)
        {
            case Delivery { Command: CellLook look } delivery:
                home.Answer(delivery.Caller, look.Copy());
                break;
            case Delivery delivery:
                _current = delivery.Caller;
                state.Step(delivery.Caller, delivery.Command, now, _effects);
                Perform(delivery.Caller, now);
                _current = default;
                break;
            case Inspection inspection:
                inspection.Done.TrySetResult(new ObjectLook(state.Look(), new Dictionary<Caller, Instant>(_waiting)));
                break;
            case Survey survey:
                survey.Answer(state);
                break;
            case LifeCommand.ConnectionCut cut:
                foreach (var caller in _waiting.Keys.Where(caller => caller.Process == cut.Process).ToList())
                {
                    StepLife(new LifeCommand.CallCancelled(caller), now);
                    Perform(default, now);
                }

                break;
            case LifeCommand life:
                StepLife(life, now);
                Perform(default, now);
                break;
        }
    }

    /// <summary>Whoever still waits when the object ends, by disposal or by a fault of its state, is told so.</summary>
    protected override void PostStop()
    {
        home.Answer(_current, Answer.ObjectGone);
        foreach (var caller in _waiting.Keys)
        {
            home.Answer(caller, Answer.ObjectGone);
        }

        _waiting.Clear();
        (state as IDisposable)?.Dispose();
    }

    private void StepLife(LifeCommand life, Instant now)
    {
        switch (life)
        {
            case LifeCommand.DeadlinePassed:
                _armed = Instant.Never;
                break;
            case LifeCommand.CallGivenUp given:
                _waiting.Remove(given.Waiter);
                break;
            case LifeCommand.ProcessGone gone:
                foreach (var caller in _waiting.Keys)
                {
                    if (caller.Process == gone.Process)
                    {
                        _waiting.Remove(caller);
                    }
                }

                break;
        }

        state.Step(default, life, now, _effects);
    }

    private void Perform(Caller current, Instant now)
    {
        bool answered = !current.WantsAnswer;
        var answers = _effects.Answers;
        for (int i = 0; i < answers.Count; i++)
        {
            var (caller, answer) = answers[i];
            if (caller == current)
            {
                answered = true;
            }
            else
            {
                _waiting.Remove(caller);
            }

            home.Answer(caller, answer);
        }

        if (!answered)
        {
            _waiting[current] = now;
            if (_canDeadlock)
            {
                home.Deadlocks.WaitBegins();
            }
        }

        // A later deadline than the armed one needs no new timer: the state is woken early once and arms again.
        if (_effects.Deadline is { } deadline && deadline < _armed)
        {
            _armed = deadline;
            Timers.StartSingle(DeadlineTimer, TimeSpan.FromTicks(Math.Clamp(deadline.Ticks - now.Ticks, 0, s_longestDelay.Ticks)), s_deadlinePassed);
        }

        _effects.Clear();
    }
}
