using System.Diagnostics.CodeAnalysis;

namespace Multiproc.States;

/// <summary>A waiting caller, with its deadline and its request.</summary>
internal readonly record struct Waiter<T>(Caller Caller, Instant Deadline, T Request);

/// <summary>A first-in, first-out queue of waiters with deadlines, for every object that makes callers wait. Holds no memory while nobody waits.</summary>
internal sealed class WaitQueue<T>
{
    private LinkedList<Waiter<T>>? _waiters;

    public int Count => _waiters?.Count ?? 0;

    public IEnumerable<T> Requests => _waiters?.Select(static waiter => waiter.Request) ?? [];

    /// <summary>The earliest deadline; Never when no waiter has one.</summary>
    public Instant Earliest
    {
        get
        {
            var earliest = Instant.Never;
            for (var node = _waiters?.First; node is not null; node = node.Next)
            {
                if (node.Value.Deadline < earliest)
                {
                    earliest = node.Value.Deadline;
                }
            }

            return earliest;
        }
    }

    /// <summary>The waiters, in order.</summary>
    public IEnumerable<Waiter<T>> All => _waiters ?? Enumerable.Empty<Waiter<T>>();

    public void Enqueue(Caller caller, Instant deadline, T request) => (_waiters ??= new()).AddLast(new Waiter<T>(caller, deadline, request));

    public bool TryPeek([MaybeNullWhen(false)] out Waiter<T> first)
    {
        first = _waiters?.First is { } node ? node.Value : default;
        return Count > 0;
    }

    public bool TryPeekLast([MaybeNullWhen(false)] out Waiter<T> last)
    {
        last = _waiters?.Last is { } node ? node.Value : default;
        return Count > 0;
    }

    public bool TryDequeue([MaybeNullWhen(false)] out Waiter<T> first)
    {
        if (!TryPeek(out first))
        {
            return false;
        }

        _waiters!.RemoveFirst();
        return true;
    }

    /// <summary>Removes the first waiter whose request matches.</summary>
    public bool TryDequeue<TArgument>(Func<T, TArgument, bool> fits, TArgument argument, out Waiter<T> found)
    {
        for (var node = _waiters?.First; node is not null; node = node.Next)
        {
            if (fits(node.Value.Request, argument))
            {
                found = node.Value;
                _waiters!.Remove(node);
                return true;
            }
        }

        found = default;
        return false;
    }

    /// <summary>Removes one caller; false when it is not waiting, or no longer.</summary>
    public bool Remove(Caller caller)
    {
        for (var node = _waiters?.First; node is not null; node = node.Next)
        {
            if (node.Value.Caller == caller)
            {
                _waiters!.Remove(node);
                return true;
            }
        }

        return false;
    }

    /// <summary>Removes all waiters of a process.</summary>
    public void RemoveProcess(int process) => RemoveWhere(waiter => waiter.Caller.Process == process, null);

    /// <summary>Replies to all waiters whose deadline has passed.</summary>
    public void Expire(Instant now, Effects effects)
    {
        if (Earliest <= now && Count > 0)
        {
            RemoveWhere(waiter => waiter.Deadline <= now, waiter => effects.Reply(waiter.Caller, Reply.TimedOut));
        }
    }

    /// <summary>Handles a lifecycle event in the way that all objects have in common.</summary>
    public void Handle(LifecycleEvent life, Instant now, Effects effects)
    {
        switch (life)
        {
            case LifecycleEvent.ProcessGone gone:
                RemoveProcess(gone.Process);
                break;
            case LifecycleEvent.CallCancelled cancelled:
                if (Remove(cancelled.Waiter))
                {
                    effects.Reply(cancelled.Waiter, Reply.Cancelled);
                }

                break;
            case LifecycleEvent.CallGivenUp given:
                Remove(given.Waiter);
                break;
            case LifecycleEvent.DeadlinePassed:
                Expire(now, effects);
                break;
        }
    }

    private void RemoveWhere(Func<Waiter<T>, bool> condition, Action<Waiter<T>>? removed)
    {
        for (var node = _waiters?.First; node is not null;)
        {
            var next = node.Next;
            if (condition(node.Value))
            {
                _waiters!.Remove(node);
                removed?.Invoke(node.Value);
            }

            node = next;
        }
    }
}
