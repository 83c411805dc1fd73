namespace Multiproc.Kernel;

/// <summary>
/// The life of one actor: its mailbox, its current instance, its children and watchers. Everything below <see cref="Run"/> is done by one
/// thread at a time.
/// </summary>
internal sealed partial class ActorCell
{
    private const int Throughput = 128;

    private readonly Mailbox _mailbox = new();
    private readonly Func<Actor> _create;
    private readonly Dispatcher _dispatcher;
    private readonly ActorCell? _parent;
    private readonly HashSet<ActorRef> _watchers = [];
    private Children? _children;
    private Timers? _timers;
    private Actor? _actor;
    private bool _suspended;
    private bool _stopping;
    private bool _stopped;

    public ActorCell(ActorSystem system, ActorCell? parent, string path, Func<Actor> create, Dispatcher dispatcher)
    {
        System = system;
        _parent = parent;
        _create = create;
        _dispatcher = dispatcher;
        Ref = new LocalRef(path, this);
    }

    public ActorSystem System { get; }

    public ActorRef Ref { get; }

    public ActorRef? CurrentSender { get; private set; }

    public Timers Timers => _timers ??= new Timers(this, System.Time);

    public ActorRef SpawnChild(Func<Actor> create, string? name, Dispatcher? dispatcher)
    {
        _children ??= new Children();
        var child = new ActorCell(System, this, $"{Ref.Path}/{name ?? _children.NextName()}", create, dispatcher ?? _dispatcher);
        _children.Add(child);
        child.Start();
        return child.Ref;
    }

    /// <summary>The instance is made at its first message, so that a failing constructor is a failure like any other.</summary>
    public void Start() => AddSystem(SystemMessage.Resume.Instance);

    public void Add(Envelope envelope)
    {
        if (!_mailbox.TryAdd(envelope, out bool schedule))
        {
            System.Publish(new DeadLetter(envelope.Message, envelope.Sender, Ref));
        }
        else if (schedule)
        {
            _dispatcher.Schedule(this);
        }
    }

    public void AddSystem(SystemMessage message)
    {
        if (!_mailbox.TryAdd(message, out bool schedule))
        {
            AnswerForTheDead(message);
        }
        else if (schedule)
        {
            _dispatcher.Schedule(this);
        }
    }

    /// <summary>Handles messages until there are none, or long enough that others must have a turn.</summary>
    public void Run()
    {
        for (int i = 0; i < Throughput; i++)
        {
            if (_stopped || !_mailbox.TryTake(_suspended || _stopping, out var system, out var user))
            {
                return;
            }

            if (system is not null)
            {
                HandleSystem(system);
            }
            else
            {
                Handle(user);
            }
        }

        Dispatcher.Pool.Schedule(this);
    }

    private void Handle(Envelope envelope)
    {
        if (envelope.Message is PoisonPill)
        {
            BeginStop(new TerminationReason.Stopped());
            return;
        }

        CurrentSender = envelope.Sender;
        try
        {
            if (envelope.Message is not TimerTick tick)
            {
                Instance().InvokeReceive(envelope.Message);
            }
            else if (_timers is not null && _timers.TryTake(tick))
            {
                Instance().InvokeReceive(tick.Message);
            }
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
        finally
        {
            CurrentSender = null;
        }
    }

    private void HandleSystem(SystemMessage message)
    {
        switch (message)
        {
            case SystemMessage.Stop:
                BeginStop(new TerminationReason.Stopped());
                break;
            case SystemMessage.Watch watch:
                _watchers.Add(watch.Watcher);
                break;
            case SystemMessage.Unwatch unwatch:
                _watchers.Remove(unwatch.Watcher);
                break;
            case SystemMessage.Notice notice:
                OnTerminated(notice.Terminated);
                break;
            case SystemMessage.Failed failed:
                Decide(failed);
                break;
            case SystemMessage.Restart:
                Replace();
                break;
            case SystemMessage.Resume:
                _suspended = false;
                _children?.ResumeEscalated();
                Guarded(() => Instance());
                break;
        }
    }

    private Actor Instance()
    {
        if (_actor is null)
        {
            var actor = _create();
            actor.Cell = this;
            _actor = actor;
            actor.InvokePreStart();
        }

        return _actor;
    }

    private void OnTerminated(Terminated terminated)
    {
        bool wasChild = _children is not null && _children.Remove(terminated.Actor);
        if (_stopping)
        {
            FinishStop();
            return;
        }

        // A child reports its end to its parent always, but the parent's code hears of it only when it watches.
        if (!wasChild || terminated.Reason is not TerminationReason.Stopped || _actor is null)
        {
            Guarded(() => Instance().InvokeReceive(terminated));
        }
    }
}
