namespace Multiproc.Kernel;

/// <summary>
/// The life of one actor: its mailbox, its current instance, its children and watchers. Everything below <see cref="Run"/> is done by one
/// thread at a time.
/// </summary>
internal sealed class ActorCell
{
    private const int Throughput = 128;

    private readonly Mailbox _mailbox = new();
    private readonly Func<Actor> _create;
    private readonly Dispatcher _dispatcher;
    private readonly ActorCell? _parent;
    private readonly HashSet<ActorRef> _watchers = [];
    private readonly RestartWindow _restarts = new();
    private Dictionary<ActorRef, ActorCell>? _children;
    private List<ActorCell>? _escalated;
    private Timers? _timers;
    private Actor? _actor;
    private bool _suspended;
    private bool _stopping;
    private bool _stopped;
    private TerminationReason _reason = new TerminationReason.Stopped();
    private int _lastChild;

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
        var child = new ActorCell(System, this, $"{Ref.Path}/{name ?? $"${++_lastChild}"}", create, dispatcher ?? _dispatcher);
        (_children ??= []).Add(child.Ref, child);
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
            else if (_timers is not null && _timers.IsCurrent(tick))
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
                ResumeEscalated();
                Guarded(() => Instance());
                break;
        }
    }

    private void ResumeEscalated()
    {
        foreach (var child in _escalated ?? [])
        {
            child.AddSystem(SystemMessage.Resume.Instance);
        }

        _escalated = null;
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

    private void Fail(Exception failure)
    {
        _suspended = true;
        System.Report(Ref, failure);
        if (_parent is null)
        {
            Apply(System.Supervision, this, failure);
        }
        else
        {
            _parent.AddSystem(new SystemMessage.Failed(this, failure));
        }
    }

    private void Decide(SystemMessage.Failed failed)
    {
        var strategy = _actor?.InvokeSupervision ?? SupervisorStrategy.Default;
        if (strategy.Decide(failed.Reason) == Directive.Escalate)
        {
            // The child stays suspended and shares our fate: our restart or stop ends it, our resumption resumes it.
            (_escalated ??= []).Add(failed.Child);
            Fail(failed.Reason);
            return;
        }

        Apply(strategy, failed.Child, failed.Reason);
    }

    private static void Apply(SupervisorStrategy strategy, ActorCell child, Exception reason)
    {
        var directive = strategy.Decide(reason);
        if (directive == Directive.Restart && !child._restarts.Allows(strategy, child.System.Time))
        {
            directive = Directive.Stop;
        }

        switch (directive)
        {
            case Directive.Resume:
                child.AddSystem(SystemMessage.Resume.Instance);
                break;
            case Directive.Restart:
                child.AddSystem(new SystemMessage.Restart(reason));
                break;
            default:
                child._reason = new TerminationReason.Failed(reason);
                child.AddSystem(SystemMessage.Stop.Instance);
                break;
        }
    }

    /// <summary>A new instance under the same ref: its children and timers end, its watchers and mailbox stay.</summary>
    private void Replace()
    {
        StopTimersAndChildren();
        if (_actor is { } old)
        {
            _actor = null;
            Guarded(old.InvokePostStop);
        }

        _suspended = false;
        Guarded(() => Instance());
    }

    private void BeginStop(TerminationReason reason)
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        if (_reason is TerminationReason.Stopped)
        {
            _reason = reason;
        }

        StopTimersAndChildren();
        FinishStop();
    }

    private void StopTimersAndChildren()
    {
        _escalated = null;
        _timers?.CancelAll();
        if (_children is not null)
        {
            foreach (var child in _children.Values)
            {
                child.AddSystem(SystemMessage.Stop.Instance);
            }
        }
    }

    /// <summary>Children first; then the instance, what is left of its mailbox, and those who watch.</summary>
    private void FinishStop()
    {
        if (_stopped || _children is { Count: > 0 })
        {
            return;
        }

        _stopped = true;
        if (_actor is { } actor)
        {
            try
            {
                actor.InvokePostStop();
            }
            catch (Exception failure)
            {
                System.Report(Ref, failure);
            }
        }

        var (users, system) = _mailbox.Close();
        foreach (var envelope in users)
        {
            System.Publish(new DeadLetter(envelope.Message, envelope.Sender, Ref));
        }

        var terminated = new SystemMessage.Notice(new Terminated(Ref, _reason));
        _parent?.AddSystem(terminated);
        foreach (var watcher in _watchers)
        {
            if (!ReferenceEquals(watcher, _parent?.Ref))
            {
                watcher.TellSystem(terminated);
            }
        }

        foreach (var message in system)
        {
            AnswerForTheDead(message);
        }

        System.Forget(this);
    }

    /// <summary>Whoever watches an actor that has ended hears of it at once.</summary>
    private void AnswerForTheDead(SystemMessage message)
    {
        if (message is SystemMessage.Watch watch)
        {
            watch.Watcher.TellSystem(new SystemMessage.Notice(new Terminated(Ref, _stopped ? _reason : new TerminationReason.Unknown())));
        }
    }

    private void Guarded(Action callback)
    {
        try
        {
            callback();
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    private sealed class LocalRef(string path, ActorCell cell) : ActorRef(path)
    {
        public override void Tell(object message, ActorRef? sender = null) => cell.Add(new Envelope(message, sender));

        internal override void TellSystem(SystemMessage message) => cell.AddSystem(message);
    }
}
