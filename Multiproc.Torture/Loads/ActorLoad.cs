using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Actor;
using Multiproc.Torture.Crews;
using Multiproc.Torture.Faults;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Loads;

/// <summary>
/// Actors of users in processes of their own. Messages are answered at most once and in order; the death of a process is told to whoever watches its actor,
/// and nothing is answered afterwards.
/// </summary>
/// <remarks>
/// A process with an actor system takes a second of processor time to start, which on a machine that is full of other loads is many seconds: meanwhile the
/// others are asked. What they answer is heard by an actor that only keeps it, so that a hundred answers wake this thread once and not a hundred times.
/// </remarks>
internal sealed class ActorLoad(LoadSettings settings) : ITortureLoad
{
    private const int MostAtOnce = 50;
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(20);

    private readonly Random _choices = new(FaultPlan.SeedOf(settings.Seed, "actors"));
    private readonly Lock _gate = new();
    private readonly Member?[] _members = new Member?[settings.Crew];
    private readonly BlockingCollection<(IActorRef From, object Message)> _heard = [];
    private IActorRef? _ear;
    private long _next;

    public string Name => "actors";

    public Tally Tally { get; } = new();

    public IReadOnlyList<Victim> Victims()
    {
        lock (_gate)
        {
            return [.. _members.OfType<Member>().Where(static each => each.Pid > 0)
                .Select(static each => new Victim(each.Pid, TakesOrders: true, HasMemoryLimit: false))];
        }
    }

    public void Start()
    {
        _ear = Mp.ActorSystem.ActorOf(Props.Create(() => new Ear(_heard)));
        Fill();
        while (_members.Any(static each => each is { Pid: 0 }) && Hear(Limits.Bound))
        {
        }
    }

    public void Turn()
    {
        Fill();
        while (Hear(TimeSpan.Zero))
        {
        }

        Member[] living = [.. _members.OfType<Member>().Where(static each => each.Pid > 0)];
        if (living.Length == 0)
        {
            Hear(s_moment);
            LookForAHang();
            return;
        }

        Ask(living[_choices.Next(living.Length)], _choices.Next(1, MostAtOnce));
    }

    public void Check()
    {
        foreach (var member in _members.OfType<Member>())
        {
            if (!member.Ref.GracefulStop(Limits.Bound).GetAwaiter().GetResult())
            {
                Tally.Hang($"{member.Ref} does not stop");
            }
        }
    }

    public void Dispose()
    {
        // With it, what it still hears: this process keeps nothing of a load that has ended.
        if (_ear is not null && !_ear.GracefulStop(Limits.Bound).GetAwaiter().GetResult())
        {
            Tally.Hang($"{_ear} does not stop");
        }

        _heard.Dispose();
    }

    /// <summary>Asks several questions at once; the answers come in order, or the news that there will be none.</summary>
    private void Ask(Member member, int count)
    {
        long first = _next;
        for (int i = 0; i < count; i++)
        {
            member.Ref.Tell(new Question(_next++), _ear);
        }

        for (long wanted = first; wanted < first + count;)
        {
            if (!_heard.TryTake(out var heard, Limits.Bound))
            {
                Tally.Hang($"neither the answer to question {wanted} nor a death came in {Limits.Bound.TotalSeconds:0} s");
                return;
            }

            if (heard.Message is Answer answer && answer.Number == wanted && answer.Square == unchecked(wanted * wanted))
            {
                wanted++;
                Tally.CountOperations();
            }
            else if (heard.Message is Terminated { ActorRef: var dead } && dead.Equals(member.Ref))
            {
                Tally.Excuse(first + count - wanted);
                Forget(dead);
                return;
            }
            else
            {
                Take(heard, $"the answer to question {wanted}");
            }
        }
    }

    /// <summary>Starts a process at each place that has none.</summary>
    private void Fill()
    {
        for (int i = 0; i < _members.Length; i++)
        {
            if (_members[i] is null)
            {
                var actor = Mp.ActorOf(Props.Create<Squares>());
                lock (_gate)
                {
                    _members[i] = new Member(actor);
                }

                _ear.Tell(new Watching(actor));
                actor.Tell(new Pid(), _ear);
            }
        }
    }

    private bool Hear(TimeSpan bound)
    {
        bool has = _heard.TryTake(out var heard, bound);
        if (has)
        {
            Take(heard, "nothing");
        }

        return has;
    }

    /// <summary>Takes what is said without a question: the process of a new actor, and deaths.</summary>
    private void Take((IActorRef From, object Message) heard, string wanted)
    {
        switch (heard.Message)
        {
            case int pid when Array.Find(_members, each => each?.Ref.Equals(heard.From) == true) is { Pid: 0 } member:
                lock (_gate)
                {
                    member.Pid = pid;
                }

                break;
            case Terminated terminated:
                Forget(terminated.ActorRef);
                break;
            case var other:
                Tally.Break($"in place of {wanted} came {other} of {heard.From}");
                break;
        }
    }

    private void LookForAHang()
    {
        if (Array.Find(_members, static each => each is { Pid: 0 } && Stopwatch.GetElapsedTime(each.Since) > Limits.Bound) is { } slow)
        {
            Tally.Hang($"neither the process of {slow.Ref} nor its death came in {Limits.Bound.TotalSeconds:0} s");
            Forget(slow.Ref);
        }
    }

    private void Forget(IActorRef dead)
    {
        int which = Array.FindIndex(_members, each => each?.Ref.Equals(dead) == true);
        if (which >= 0)
        {
            Tally.CountDeath();
            lock (_gate)
            {
                _members[which] = null;
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

    private sealed record Watching(IActorRef Actor);

    /// <summary>Keeps what it hears, with who said it.</summary>
    private sealed class Ear(BlockingCollection<(IActorRef From, object Message)> heard) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Watching watching)
            {
                Context.Watch(watching.Actor);
            }
            else
            {
                heard.Add((Sender, message));
            }
        }
    }

    /// <summary>An actor, and its process; 0 until it has said it.</summary>
    private sealed class Member(IActorRef actor)
    {
        public IActorRef Ref => actor;

        public int Pid { get; set; }

        public long Since { get; } = Stopwatch.GetTimestamp();
    }
}
