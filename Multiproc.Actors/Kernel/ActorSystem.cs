namespace Multiproc.Kernel;

/// <summary>The root of a tree of actors: spawns the first ones, supervises them, and hears of what went wrong.</summary>
internal sealed class ActorSystem(string name, TimeProvider? time = null, SupervisorStrategy? supervision = null)
{
    private readonly Lock _gate = new();
    private readonly HashSet<ActorCell> _roots = [];
    private long _deadLetters;
    private int _lastActor;

    public TimeProvider Time { get; } = time ?? TimeProvider.System;

    /// <summary>How failures of the actors without a parent are treated. Escalation ends here: it stops the actor.</summary>
    public SupervisorStrategy Supervision { get; } = supervision ?? SupervisorStrategy.AlwaysStop;

    public long DeadLetterCount => Interlocked.Read(ref _deadLetters);

    /// <summary>Raised on the thread that could not deliver.</summary>
    public event Action<DeadLetter>? DeadLettered;

    /// <summary>Raised for each exception that an actor threw, before its supervisor decides.</summary>
    public event Action<ActorRef, Exception>? Failed;

    public ActorRef Spawn(Func<Actor> create, string? actorName = null, Dispatcher? dispatcher = null)
    {
        var cell = new ActorCell(this, null, $"{name}/{actorName ?? $"${Interlocked.Increment(ref _lastActor)}"}", create, dispatcher ?? Dispatcher.Pool);
        lock (_gate)
        {
            _roots.Add(cell);
        }

        cell.Start();
        return cell.Ref;
    }

    /// <summary>Stops every actor.</summary>
    public void Stop()
    {
        ActorCell[] roots;
        lock (_gate)
        {
            roots = [.. _roots];
        }

        foreach (var root in roots)
        {
            root.AddSystem(SystemMessage.Stop.Instance);
        }
    }

    public void Publish(DeadLetter letter)
    {
        Interlocked.Increment(ref _deadLetters);
        DeadLettered?.Invoke(letter);
    }

    public void Report(ActorRef actor, Exception failure) => Failed?.Invoke(actor, failure);

    public void Forget(ActorCell root)
    {
        lock (_gate)
        {
            _roots.Remove(root);
        }
    }
}
