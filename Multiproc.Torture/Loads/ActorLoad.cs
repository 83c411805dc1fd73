using Akka.Actor;
using Multiproc.Torture.Crews;
using Multiproc.Torture.Faults;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Loads;

/// <summary>
/// Actors of users in processes of their own. Messages are answered at most once and in order; the death of a process is told to whoever watches its actor,
/// and nothing is answered afterwards.
/// </summary>
internal sealed class ActorLoad(LoadSettings settings) : ITortureLoad
{
    private const int MostAtOnce = 20;

    private readonly Random _choices = new(FaultPlan.SeedOf(settings.Seed, "actors"));
    private readonly Lock _gate = new();
    private readonly (IActorRef Ref, int Pid)[] _actors = new (IActorRef, int)[settings.Crew];
    private Inbox? _inbox;
    private long _next;

    public string Name => "actors";

    public Tally Tally { get; } = new();

    public IReadOnlyList<Victim> Victims()
    {
        lock (_gate)
        {
            return [.. _actors.Where(static each => each.Pid > 0).Select(static each => new Victim(each.Pid, TakesOrders: true, HasMemoryLimit: false))];
        }
    }

    public void Start()
    {
        _inbox = Inbox.Create(Mp.ActorSystem);
        for (int i = 0; i < _actors.Length; i++)
        {
            Fill(i);
        }
    }

    public void Turn()
    {
        int which = _choices.Next(_actors.Length);
        if (_actors[which].Pid == 0)
        {
            Fill(which);
            return;
        }

        int count = _choices.Next(1, MostAtOnce);
        long first = _next;
        for (int i = 0; i < count; i++)
        {
            _inbox!.Send(_actors[which].Ref, new Question(_next++));
        }

        for (long wanted = first; wanted < first + count; wanted++)
        {
            switch (Receive($"the answer to question {wanted}"))
            {
                case Answer answer when answer.Number == wanted && answer.Square == unchecked(wanted * wanted):
                    break;
                case Terminated terminated:
                    Tally.Excuse(first + count - wanted);
                    Forget(terminated.ActorRef);
                    if (terminated.ActorRef.Equals(_actors[which].Ref) || _actors[which].Pid == 0)
                    {
                        return;
                    }

                    wanted--; // Of another one: its questions had been answered.
                    break;
                case null:
                    return;
                case var other:
                    Tally.Break($"in place of the answer to question {wanted} came {other}");
                    return;
            }
        }

        Tally.CountOperations(count);
    }

    public void Check()
    {
        foreach (var (actor, pid) in _actors)
        {
            if (pid != 0 && !actor.GracefulStop(Limits.Bound).GetAwaiter().GetResult())
            {
                Tally.Hang($"{actor} does not stop");
            }
        }
    }

    public void Dispose()
    {
        // With it, what it still says: this process keeps nothing of a load that has ended.
        _inbox?.Dispose();
    }

    private void Fill(int which)
    {
        var actor = Mp.ActorOf(Props.Create<Squares>());
        _inbox!.Watch(actor);
        _inbox.Send(actor, new Pid());
        while (true)
        {
            switch (Receive("the process of a new actor"))
            {
                case int pid:
                    lock (_gate)
                    {
                        _actors[which] = (actor, pid);
                    }

                    return;
                case Terminated terminated:
                    Forget(terminated.ActorRef);
                    if (terminated.ActorRef.Equals(actor))
                    {
                        return;
                    }

                    break; // Another one, that died meanwhile.
                case null:
                    return;
                case var other:
                    Tally.Break($"in place of the process of a new actor came {other}");
                    return;
            }
        }
    }

    private object? Receive(string what)
    {
        try
        {
            return _inbox!.Receive(Limits.Bound);
        }
        catch (TimeoutException)
        {
            Tally.Hang($"neither {what} nor a death came in {Limits.Bound.TotalSeconds:0} s");
            return null;
        }
    }

    private void Forget(IActorRef dead)
    {
        Tally.CountDeath();
        lock (_gate)
        {
            for (int i = 0; i < _actors.Length; i++)
            {
                if (dead.Equals(_actors[i].Ref))
                {
                    _actors[i] = default;
                }
            }
        }
    }

    internal sealed record Question(long Number);

    internal sealed record Answer(long Number, long Square);

    internal sealed record Pid;

    internal sealed class Squares : ReceiveActor
    {
        public Squares()
        {
            Receive<Question>(question => Sender.Tell(new Answer(question.Number, unchecked(question.Number * question.Number))));
            Receive<Pid>(_ => Sender.Tell(Environment.ProcessId));
        }

        protected override void PreStart() => Orders.Take();
    }
}
