using System.Runtime.CompilerServices;

namespace Multiproc.Interleavings.Stepping;

/// <summary>
/// Runs the code of one actor up to its next access to what is shared. The code is run from the start of its operation each time: earlier accesses get the
/// results that they had, and see the memory as it was; the first that is new is done; at the one after it the run is cut.
/// </summary>
internal sealed unsafe class Stepper
{
    [ThreadStatic]
    private static Stepper? t_current;

    private readonly List<Access> _recorded = [];
    private readonly World _world;
    private readonly byte* _memory;
    private readonly int _choice;
    private int _next;
    private bool _hasStepped;
    private bool _isQuiet;
    private int _choices = 1;

    private Stepper(World world, byte* memory, IEnumerable<Access> recorded, int choice)
    {
        _world = world;
        _choice = choice;
        _memory = memory;
        _recorded.AddRange(recorded);
    }

    /// <summary>The one that runs on this thread.</summary>
    public static Stepper Current => t_current ?? throw new InvalidOperationException("Protocol code runs outside a step.");

    /// <summary>The memory that the code works on. Its content is that of the world at the last access.</summary>
    public byte* Memory => _memory;

    /// <summary>Does one step of an actor's operation.</summary>
    /// <param name="operation">The code; returns the state in which the actor's next operation begins, or null at its end.</param>
    /// <param name="state">The state in which this operation began.</param>
    /// <param name="recorded">The accesses that it has made.</param>
    /// <param name="world">The world, which is changed.</param>
    /// <param name="memory">Room for the memory.</param>
    /// <param name="choice">Which of several ways to go, from 0: <see cref="Outcome.Choices"/> says how many there are.</param>
    public static Outcome Step(Operation operation, byte[] state, IReadOnlyList<Access> recorded, World world, byte* memory, int choice = 0)
    {
        var stepper = new Stepper(world, memory, recorded, choice);
        var outer = t_current;
        t_current = stepper;
        try
        {
            byte[]? next = operation(stepper, state);
            return stepper.Result(next, isOver: true);
        }
        catch (Cut cut)
        {
            return cut.IsBlocked && !stepper._hasStepped ? Outcome.Blocked : stepper.Result(null, isOver: false);
        }
        catch (Exception failure)
        {
            return Outcome.Blocked with { IsBlocked = false, Failure = failure };
        }
        finally
        {
            t_current = outer;
        }
    }

    /// <summary>One atomic access to the memory.</summary>
    public T On<T>(ref T location, Func<byte[], int, T> access)
        where T : unmanaged
    {
        int offset = (int)((byte*)Unsafe.AsPointer(ref location) - _memory);
        if (_isQuiet)
        {
            return access(new ReadOnlySpan<byte>(_memory, _world.Memory.Length).ToArray(), offset);
        }

        return Convert<T>(Do(world => ToLong(access(world.Memory, offset))));
    }

    /// <summary>One access to the rest of the world: messages, notes of the oracle.</summary>
    public long Do(Func<World, long> access) => Do(access, static _ => true);

    /// <summary>One access that waits for a condition.</summary>
    public long Do(Func<World, long> access, Func<World, bool> isReady)
    {
        if (_next < _recorded.Count)
        {
            var former = _recorded[_next++];
            former.Memory.CopyTo(new Span<byte>(_memory, former.Memory.Length));
            return former.Result;
        }

        if (_hasStepped)
        {
            throw new Cut(false);
        }

        if (!isReady(_world))
        {
            throw new Cut(true);
        }

        _hasStepped = true;
        long result = access(_world);
        _recorded.Add(new Access(result, (byte[])_world.Memory.Clone()));
        _next++;
        _world.Memory.CopyTo(new Span<byte>(_memory, _world.Memory.Length));
        return result;
    }

    /// <summary>One access that may go several ways; waits until there is one.</summary>
    /// <param name="options">The ways, at a moment.</param>
    /// <param name="access">Goes one of them.</param>
    public long Choose(Func<World, IReadOnlyList<int>> options, Func<World, int, long> access) => Do(
        world =>
        {
            var all = options(world);
            _choices = all.Count;
            return access(world, all[_choice]);
        },
        world => options(world).Count > 0);

    /// <summary>Runs code that only makes objects: what it does to the memory is undone, and no step.</summary>
    public T Quietly<T>(Func<T> make)
    {
        byte[] before = new ReadOnlySpan<byte>(_memory, _world.Memory.Length).ToArray();
        _isQuiet = true;
        try
        {
            return make();
        }
        finally
        {
            _isQuiet = false;
            before.CopyTo(new Span<byte>(_memory, before.Length));
        }
    }

    private static long ToLong<T>(T value)
        where T : unmanaged
    {
        long all = 0;
        Unsafe.Write(&all, value);
        return all;
    }

    private static T Convert<T>(long value)
        where T : unmanaged => Unsafe.Read<T>(&value);

    /// <summary>What the code wrote without an atomic access since its last one happens in a step of its own: others may come before it, and a death.</summary>
    private Outcome Result(byte[]? next, bool isOver)
    {
        if (!_hasStepped && !isOver)
        {
            throw new InvalidOperationException("An operation was cut before its first access.");
        }

        var plain = new List<(int Offset, byte Value)>();
        byte[] before = _recorded.Count > 0 ? _recorded[^1].Memory : _world.Memory;
        var now = new ReadOnlySpan<byte>(_memory, before.Length);
        for (int i = now.CommonPrefixLength(before); i < before.Length; i++)
        {
            if (now[i] != before[i])
            {
                plain.Add((i, now[i]));
            }
        }

        return new Outcome(false, isOver, next, _recorded, plain, _choices);
    }

    private sealed class Cut(bool isBlocked) : Exception
    {
        public bool IsBlocked => isBlocked;
    }
}

/// <summary>The code of an actor's operation.</summary>
/// <param name="stepper">Where it makes its accesses.</param>
/// <param name="state">What the actor knows when it begins.</param>
/// <returns>What it knows at the end; null when it does nothing further.</returns>
internal delegate byte[]? Operation(Stepper stepper, byte[] state);

/// <summary>An access that was made, and the memory after it.</summary>
internal readonly record struct Access(long Result, byte[] Memory);

/// <summary>What a step came to.</summary>
/// <param name="IsBlocked">It waits; nothing has happened.</param>
/// <param name="IsOver">The operation has ended.</param>
/// <param name="Next">The state for the next operation; null for none.</param>
/// <param name="Recorded">The accesses so far.</param>
/// <param name="Plain">What was written without atomic accesses since the last one.</param>
/// <param name="Choices">In how many ways it could have gone.</param>
internal sealed record Outcome(
    bool IsBlocked, bool IsOver, byte[]? Next, IReadOnlyList<Access> Recorded, IReadOnlyList<(int Offset, byte Value)> Plain, int Choices)
{
    /// <summary>What the code threw.</summary>
    public Exception? Failure { get; init; }

    public static Outcome Blocked { get; } = new(true, false, null, [], [], 0);
}
