using System.ComponentModel;
using System.Runtime.CompilerServices;
using Multiproc.Nodes;
using Multiproc.Objects;
using Multiproc.Peers;
using Multiproc.Processes;

namespace Multiproc;

/// <content>Values and arrays in shared memory.</content>
public sealed partial class MultiprocContext
{
    /// <summary>Creates a value in shared memory.</summary>
    /// <typeparam name="T">A number or any struct without references.</typeparam>
    /// <param name="value">The initial value.</param>
    /// <param name="lock">Whether it has a recursive lock of its own; default true.</param>
    /// <returns>The value. It can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    public SharedValue<T> Value<T>(T value = default, bool @lock = true)
        where T : unmanaged =>
        @lock ? Value<T>(value, null) : MakeValue<T>(value, default);

    /// <summary>Creates a value in shared memory with an existing lock.</summary>
    /// <typeparam name="T">A number or any struct without references.</typeparam>
    /// <param name="value">The initial value.</param>
    /// <param name="lock">The lock; several objects may have the same one. Null creates a recursive lock.</param>
    /// <returns>The value. It can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    public SharedValue<T> Value<T>(T value, SharedLockBase? @lock)
        where T : unmanaged =>
        MakeValue<T>(value, LockFor(@lock));

    /// <summary>Creates a value in shared memory, by Python's typecode: <c>Mp.Value('d', 0.0)</c>.</summary>
    /// <typeparam name="T">A number or any struct without references.</typeparam>
    /// <param name="typecode">One of Python's typecodes: c u b B h H i I l L q Q f d; or ? for bool.</param>
    /// <param name="value">The initial value.</param>
    /// <param name="lock">Whether it has a recursive lock of its own; default true.</param>
    /// <returns>The value. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentException">The typecode is unknown, or stands for another type.</exception>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    public SharedValue<T> Value<T>(char typecode, T value, bool @lock = true)
        where T : unmanaged =>
        Typed<T>(typecode).Value<T>(value, @lock);

    /// <summary>Creates a value in shared memory, by Python's typecode, with an existing lock.</summary>
    /// <typeparam name="T">A number or any struct without references.</typeparam>
    /// <param name="typecode">One of Python's typecodes: c u b B h H i I l L q Q f d; or ? for bool.</param>
    /// <param name="value">The initial value.</param>
    /// <param name="lock">The lock; several objects may have the same one. Null creates a recursive lock.</param>
    /// <returns>The value. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentException">The typecode is unknown, or stands for another type.</exception>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    public SharedValue<T> Value<T>(char typecode, T value, SharedLockBase? @lock)
        where T : unmanaged =>
        Typed<T>(typecode).Value<T>(value, @lock);

    /// <summary>
    /// Creates a zero in shared memory, of the type that Python's typecode stands for: <c>Mp.Value('i').As&lt;int&gt;()</c>, or
    /// <c>Mp.Value('i', @lock: false)</c>.
    /// </summary>
    /// <remarks>A single character is a typecode, as in Python. To share a character, name its type: <c>Mp.Value&lt;char&gt;('x')</c>.</remarks>
    /// <param name="typecode">One of Python's typecodes: c u b B h H i I l L q Q f d; or ? for bool.</param>
    /// <param name="value">Leave out; it keeps a second argument from being taken for the lock.</param>
    /// <param name="lock">Whether it has a recursive lock of its own; default true.</param>
    /// <returns>The value. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentException">The typecode is unknown.</exception>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    [OverloadResolutionPriority(1)]
    public SharedValue Value(char typecode, DBNull? value = null, bool @lock = true) => Value(typecode, (object?)null, @lock);

    /// <summary>
    /// Creates a value in shared memory, of the type that Python's typecode stands for, from any value that fits: <c>Mp.Value('d', (object)1)</c>.
    /// </summary>
    /// <param name="typecode">One of Python's typecodes: c u b B h H i I l L q Q f d; or ? for bool.</param>
    /// <param name="value">
    /// The initial value; null for zero. As in Python, an integer that is too large wraps around, and a fraction is refused where the type is an integer.
    /// </param>
    /// <param name="lock">Whether it has a recursive lock of its own; default true.</param>
    /// <returns>The value. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentException">The typecode is unknown, or the value cannot be converted to its type.</exception>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    public SharedValue Value(char typecode, object? value, bool @lock = true)
    {
        // Before the lock is created, so that a refused value leaves nothing behind.
        object start = Typecode.Convert(typecode, value);
        return MakeValue(start, @lock ? LockFor(null) : default);
    }

    /// <summary>Creates a zero in shared memory, of the type that Python's typecode stands for, with an existing lock.</summary>
    /// <param name="typecode">One of Python's typecodes: c u b B h H i I l L q Q f d; or ? for bool.</param>
    /// <param name="lock">The lock; several objects may have the same one. Null creates a recursive lock.</param>
    /// <returns>The value. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentException">The typecode is unknown.</exception>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    public SharedValue Value(char typecode, SharedLockBase? @lock)
    {
        object zero = Typecode.Convert(typecode, null);
        return MakeValue(zero, LockFor(@lock));
    }

    /// <summary>Creates a bool in shared memory, by Python's typecode: <c>Mp.Value('?', true)</c>.</summary>
    /// <param name="typecode">The typecode '?'.</param>
    /// <param name="value">The initial value. To have no lock, name the parameter: <c>Mp.Value('i', @lock: false)</c>.</param>
    /// <returns>The value, with a recursive lock of its own. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentException">The typecode is unknown, or stands for another type.</exception>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    [OverloadResolutionPriority(1)]
    public SharedValue<bool> Value(char typecode, bool value) => Typed<bool>(typecode).Value<bool>(value, @lock: true);

    /// <summary>Creates a value in shared memory without a lock.</summary>
    /// <typeparam name="T">A number or any struct without references.</typeparam>
    /// <param name="value">The initial value.</param>
    /// <returns>The value. It can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    public SharedValue<T> RawValue<T>(T value = default)
        where T : unmanaged =>
        MakeValue<T>(value, default);

    /// <summary>Creates a value in shared memory without a lock, by Python's typecode.</summary>
    /// <typeparam name="T">A number or any struct without references.</typeparam>
    /// <param name="typecode">One of Python's typecodes: c u b B h H i I l L q Q f d; or ? for bool.</param>
    /// <param name="value">The initial value.</param>
    /// <returns>The value. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentException">The typecode is unknown, or stands for another type.</exception>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    public SharedValue<T> RawValue<T>(char typecode, T value)
        where T : unmanaged =>
        Typed<T>(typecode).RawValue<T>(value);

    /// <summary>
    /// Creates a zero in shared memory without a lock, of the type that Python's typecode stands for: <c>Mp.RawValue('d').As&lt;double&gt;()</c>.
    /// </summary>
    /// <param name="typecode">One of Python's typecodes: c u b B h H i I l L q Q f d; or ? for bool.</param>
    /// <returns>The value. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentException">The typecode is unknown.</exception>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    public SharedValue RawValue(char typecode) => MakeValue(Typecode.Convert(typecode, null), default);

    /// <summary>Does not compile: a typecode alone gives neither the length nor the items of an array.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="typecode">A typecode, without the length or the items that it needs.</param>
    /// <param name="lock">Not used.</param>
    /// <returns>Nothing.</returns>
    /// <exception cref="NotSupportedException">Always.</exception>
    [Obsolete(Typecode.NeedsItems, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public SharedArray<T> Array<T>(char typecode, bool @lock = true)
        where T : unmanaged =>
        throw new NotSupportedException(Typecode.NeedsItems);

    /// <summary>Does not compile: a typecode alone gives neither the length nor the items of an array.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="typecode">A typecode, without the length or the items that it needs.</param>
    /// <param name="lock">Not used.</param>
    /// <returns>Nothing.</returns>
    /// <exception cref="NotSupportedException">Always.</exception>
    [Obsolete(Typecode.NeedsItems, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public SharedArray<T> Array<T>(char typecode, SharedLockBase? @lock)
        where T : unmanaged =>
        throw new NotSupportedException(Typecode.NeedsItems);

    /// <summary>Does not compile: a typecode alone gives neither the length nor the items of an array.</summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="typecode">A typecode, without the length or the items that it needs.</param>
    /// <returns>Nothing.</returns>
    /// <exception cref="NotSupportedException">Always.</exception>
    [Obsolete(Typecode.NeedsItems, error: true)]
    [EditorBrowsable(EditorBrowsableState.Never)]
    public SharedArray<T> RawArray<T>(char typecode)
        where T : unmanaged =>
        throw new NotSupportedException(Typecode.NeedsItems);

    /// <summary>Creates an array of zeros in shared memory.</summary>
    /// <typeparam name="T">A number or any struct without references.</typeparam>
    /// <param name="length">The number of elements.</param>
    /// <param name="lock">Whether it has a recursive lock of its own; default true.</param>
    /// <returns>The array. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    public SharedArray<T> Array<T>(int length, bool @lock = true)
        where T : unmanaged =>
        @lock ? Array<T>(length, null) : MakeArray<T>(length, null);

    /// <summary>Creates an array of zeros in shared memory with an existing lock.</summary>
    /// <typeparam name="T">A number or any struct without references.</typeparam>
    /// <param name="length">The number of elements.</param>
    /// <param name="lock">The lock; several objects may have the same one. Null creates a recursive lock.</param>
    /// <returns>The array. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    public SharedArray<T> Array<T>(int length, SharedLockBase? @lock)
        where T : unmanaged =>
        MakeArray<T>(length, () => LockFor(@lock));

    /// <summary>Creates an array in shared memory with copies of the given elements.</summary>
    /// <typeparam name="T">A number or any struct without references.</typeparam>
    /// <param name="items">The elements; copied.</param>
    /// <param name="lock">Whether it has a recursive lock of its own; default true.</param>
    /// <returns>The array. It can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    public SharedArray<T> Array<T>(ReadOnlySpan<T> items, bool @lock = true)
        where T : unmanaged =>
        Filled(Array<T>(items.Length, @lock), items);

    /// <summary>Creates an array in shared memory with copies of the given elements and an existing lock.</summary>
    /// <typeparam name="T">A number or any struct without references.</typeparam>
    /// <param name="items">The elements; copied.</param>
    /// <param name="lock">The lock; several objects may have the same one. Null creates a recursive lock.</param>
    /// <returns>The array. It can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    public SharedArray<T> Array<T>(ReadOnlySpan<T> items, SharedLockBase? @lock)
        where T : unmanaged =>
        Filled(Array<T>(items.Length, @lock), items);

    /// <summary>Creates an array in shared memory with copies of the given elements, by Python's typecode: <c>Mp.Array('i', [1, 2, 3])</c>.</summary>
    /// <typeparam name="T">A number or any struct without references.</typeparam>
    /// <param name="typecode">One of Python's typecodes: c u b B h H i I l L q Q f d; or ? for bool.</param>
    /// <param name="items">The elements; copied.</param>
    /// <param name="lock">Whether it has a recursive lock of its own; default true.</param>
    /// <returns>The array. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentException">The typecode is unknown, or stands for another type.</exception>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    public SharedArray<T> Array<T>(char typecode, ReadOnlySpan<T> items, bool @lock = true)
        where T : unmanaged =>
        Typed<T>(typecode).Array(items, @lock);

    /// <summary>Creates an array of zeros in shared memory, by Python's typecode: <c>Mp.Array&lt;int&gt;('i', 10)</c>.</summary>
    /// <typeparam name="T">A number or any struct without references.</typeparam>
    /// <param name="typecode">One of Python's typecodes: c u b B h H i I l L q Q f d; or ? for bool.</param>
    /// <param name="length">The number of elements.</param>
    /// <param name="lock">Whether it has a recursive lock of its own; default true.</param>
    /// <returns>The array. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentException">The typecode is unknown, or stands for another type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    public SharedArray<T> Array<T>(char typecode, int length, bool @lock = true)
        where T : unmanaged =>
        Typed<T>(typecode).Array<T>(length, @lock);

    /// <summary>Creates an array of zeros in shared memory, of the type that Python's typecode stands for: <c>Mp.Array('i', 10).As&lt;int&gt;()</c>.</summary>
    /// <param name="typecode">One of Python's typecodes: c u b B h H i I l L q Q f d; or ? for bool.</param>
    /// <param name="length">The number of elements.</param>
    /// <param name="lock">Whether it has a recursive lock of its own; default true.</param>
    /// <returns>The array. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentException">The typecode is unknown.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    public SharedArray Array(char typecode, int length, bool @lock = true) =>
        MakeArray(typecode, length, @lock);

    /// <summary>Creates an array of zeros in shared memory without a lock.</summary>
    /// <typeparam name="T">A number or any struct without references.</typeparam>
    /// <param name="length">The number of elements.</param>
    /// <returns>The array. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    public SharedArray<T> RawArray<T>(int length)
        where T : unmanaged =>
        MakeArray<T>(length, null);

    /// <summary>Creates an array in shared memory without a lock, with copies of the given elements.</summary>
    /// <typeparam name="T">A number or any struct without references.</typeparam>
    /// <param name="items">The elements; copied.</param>
    /// <returns>The array. It can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    public SharedArray<T> RawArray<T>(ReadOnlySpan<T> items)
        where T : unmanaged =>
        Filled(RawArray<T>(items.Length), items);

    /// <summary>Creates an array in shared memory without a lock, with copies of the given elements, by Python's typecode.</summary>
    /// <typeparam name="T">A number or any struct without references.</typeparam>
    /// <param name="typecode">One of Python's typecodes: c u b B h H i I l L q Q f d; or ? for bool.</param>
    /// <param name="items">The elements; copied.</param>
    /// <returns>The array. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentException">The typecode is unknown, or stands for another type.</exception>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    public SharedArray<T> RawArray<T>(char typecode, ReadOnlySpan<T> items)
        where T : unmanaged =>
        Typed<T>(typecode).RawArray(items);

    /// <summary>Creates an array of zeros in shared memory without a lock, of the type that Python's typecode stands for.</summary>
    /// <param name="typecode">One of Python's typecodes: c u b B h H i I l L q Q f d; or ? for bool.</param>
    /// <param name="length">The number of elements.</param>
    /// <returns>The array. It can be sent to other processes.</returns>
    /// <exception cref="ArgumentException">The typecode is unknown.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    /// <exception cref="MultiprocException">The system does not have enough shared memory left.</exception>
    public SharedArray RawArray(char typecode, int length) =>
        MakeArray(typecode, length, @lock: false);

    /// <summary>Wraps the given lock, which the value does not own; without one, a new recursive lock that the value owns.</summary>
    internal ValueLock LockFor(SharedLockBase? given) => given is null ? new ValueLock(RLock(), true) : new ValueLock(given, false);

    private static SharedValue<T> MakeValue<T>(T value, ValueLock gate)
        where T : unmanaged
    {
        PlainMemory.Require<T>();
        var handle = MakeMemory($"SharedValue<{typeof(T).Name}>", Unsafe.SizeOf<T>());
        unsafe
        {
            *(T*)handle.Memory = value;
        }

        return new SharedValue<T>(handle, gate);
    }

    private static SharedArray<T> MakeArray<T>(int length, Func<ValueLock>? gate)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        PlainMemory.Require<T>();
        var handle = MakeMemory($"SharedArray<{typeof(T).Name}>[{length}]", Math.Max(1, (long)length * Unsafe.SizeOf<T>()));
        return new SharedArray<T>(handle, length, gate?.Invoke() ?? default);
    }

    private static SharedArray<T> Filled<T>(SharedArray<T> array, ReadOnlySpan<T> items)
        where T : unmanaged
    {
        items.CopyTo(array.Span);
        return array;
    }

    /// <summary>Creates plain shared memory, which no actor owns.</summary>
    private static ObjectHandle MakeMemory(string type, long bytes)
    {
        FrozenApp.RequireBound();
        var node = Node.Current;
        var block = node.Memory.Allocate(bytes);
        return new ObjectHandle(node, node.Objects.AddMemory(type, block.Size), block);
    }

    private MultiprocContext Typed<T>(char typecode)
    {
        Typecode.Require<T>(typecode);
        return this;
    }

    private static SharedValue MakeValue(object value, ValueLock gate) => value switch
    {
        bool truth => MakeValue<bool>(truth, gate),
        byte number => MakeValue<byte>(number, gate),
        sbyte number => MakeValue<sbyte>(number, gate),
        char letter => MakeValue<char>(letter, gate),
        short number => MakeValue<short>(number, gate),
        ushort number => MakeValue<ushort>(number, gate),
        int number => MakeValue<int>(number, gate),
        uint number => MakeValue<uint>(number, gate),
        long number => MakeValue<long>(number, gate),
        ulong number => MakeValue<ulong>(number, gate),
        float number => MakeValue<float>(number, gate),
        _ => MakeValue<double>((double)value, gate),
    };

    private SharedArray MakeArray(char typecode, int length, bool @lock) => Type.GetTypeCode(Typecode.TypeOf(typecode)) switch
    {
        TypeCode.Boolean => Array<bool>(length, @lock),
        TypeCode.Byte => Array<byte>(length, @lock),
        TypeCode.SByte => Array<sbyte>(length, @lock),
        TypeCode.Char => Array<char>(length, @lock),
        TypeCode.Int16 => Array<short>(length, @lock),
        TypeCode.UInt16 => Array<ushort>(length, @lock),
        TypeCode.Int32 => Array<int>(length, @lock),
        TypeCode.UInt32 => Array<uint>(length, @lock),
        TypeCode.Int64 => Array<long>(length, @lock),
        TypeCode.UInt64 => Array<ulong>(length, @lock),
        TypeCode.Single => Array<float>(length, @lock),
        _ => Array<double>(length, @lock),
    };
}
