using System.Collections.Concurrent;

namespace Multiproc.Managers;

/// <summary>
/// A call of a user's object while it runs. Nested calls carry the numbers of all calls that they are within, across any number of processes: so an object that
/// is called back knows that its own call waits for this one, and admits it.
/// </summary>
/// <remarks>
/// Only calls with a waiting caller carry the chain. Nobody waits for a one-way call (an event, a progress report), so it takes its turn. A number is assigned
/// when the first nested call is made: a call without nested calls costs no more than this object.
/// </remarks>
internal sealed class CallFrame
{
    /// <summary>The maximum depth of nested calls. Each level holds a thread in some process: a deeper nesting is an endless recursion.</summary>
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

    /// <summary>Makes the current asynchronous flow part of a call. To be called in an asynchronous method, whose end undoes it.</summary>
    public static CallFrame Enter(object owner, long[] before) => s_current.Value = new CallFrame(owner, before);

    /// <summary>Whether one of the chain's calls is running on the owner.</summary>
    public static bool RunsOn(object owner, long[] chain) =>
        Array.Exists(chain, number => s_running.TryGetValue(number, out var frame) && frame._owner == owner);

    /// <summary>The owners of those calls of the chain that run in this process.</summary>
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

    /// <summary>Ends the call: it waits for nothing any more, so calls of tasks that it left running take their turn from now on.</summary>
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
                    throw new DeadlockException(
                        $"Objects of managers and callbacks call each other {Deepest} levels deep: this call is refused, since each level holds a thread. "
                            + "Let one of them return before it is called again.");
                }

                long number = Random.Shared.NextInt64();
                s_running[number] = this;
                _chain = [.. _before, number];
            }

            return _chain;
        }
    }
}
