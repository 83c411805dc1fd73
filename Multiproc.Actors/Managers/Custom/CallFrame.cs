using System.Collections.Concurrent;

namespace Multiproc.Managers;

/// <summary>
/// A call of a user's object while it runs. What the called code calls in its turn carries the numbers of all calls that it is within, through any number of
/// processes: so an object that is called back by what it called knows that its own call waits for this one, and lets it in.
/// </summary>
/// <remarks>
/// Only calls that are waited for carry the chain. A told one (an event, a progress report) is waited for by nobody, so it takes its turn. A number is made when the first
/// call goes out: a call that calls nothing costs no more than this object.
/// </remarks>
internal sealed class CallFrame
{
    /// <summary>Each level holds a thread in some process: who gets here calls himself without an end.</summary>
    private const int Deepest = 100;

    private static readonly AsyncLocal<CallFrame?> s_current = new();
    private static readonly ConcurrentDictionary<long, CallFrame> s_running = [];

    private readonly Lock _gate = new();
    private readonly object _owner;
    private readonly long[] _before;
    private long[]? _chain;
    private bool _ended;

    private CallFrame(object owner, long[] before)
    {
        _owner = owner;
        _before = before;
    }

    /// <summary>The numbers of the calls that the current code runs within, the outermost first.</summary>
    /// <exception cref="DeadlockException">The calls are nested too deep.</exception>
    public static long[] Chain => s_current.Value?.Numbers() ?? [];

    /// <summary>What the current asynchronous flow does from now on belongs to a call. Call it in an asynchronous method, whose end takes that back.</summary>
    public static CallFrame Enter(object owner, long[] before) => s_current.Value = new CallFrame(owner, before);

    /// <summary>Whether one of these calls runs on the owner now.</summary>
    public static bool RunsOn(object owner, long[] chain) => Array.Exists(chain, number => s_running.TryGetValue(number, out var frame) && frame._owner == owner);

    /// <summary>The owners of calls of this process that wait for what carries the chain.</summary>
    public static IEnumerable<object> OwnersOf(long[] chain)
    {
        foreach (long number in chain)
        {
            if (s_running.TryGetValue(number, out var frame))
            {
                yield return frame._owner;
            }
        }
    }

    /// <summary>It waits for nothing any more: what it began beside itself takes its turn from now on.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            if (_chain is { } chain)
            {
                s_running.TryRemove(chain[^1], out _);
            }
        }
    }

    private long[] Numbers()
    {
        lock (_gate)
        {
            if (_ended)
            {
                return [];
            }

            if (_chain is null)
            {
                if (_before.Length >= Deepest)
                {
                    throw new DeadlockException($"Objects of managers and callbacks call each other {Deepest} levels deep: this call is refused, since each level holds a thread. Let one of them return before it is called again.");
                }

                long number = Random.Shared.NextInt64();
                s_running[number] = this;
                _chain = [.. _before, number];
            }

            return _chain;
        }
    }
}
