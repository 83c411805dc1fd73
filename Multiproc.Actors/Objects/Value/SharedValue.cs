using System.Diagnostics;
using System.Runtime.CompilerServices;
using Multiproc.Objects;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// One value in memory that processes share. Reading and writing a value of up to 8 bytes is one load or store; a larger one is read and
/// written under its lock, so that it is never seen half changed.
/// </summary>
/// <remarks>
/// As in Python <c>v.Value += 1</c> is a read and a write, between which another process may write: use <see cref="Add"/>, or hold
/// <see cref="GetLock"/>.
/// </remarks>
/// <typeparam name="T">A number or any struct without references.</typeparam>
/// <example>
/// <code>
/// using var counter = Mp.Value(0L);
/// counter.Add(1);
/// using (counter.GetLock().Hold())
/// {
///     counter.Value *= 2;
/// }
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed unsafe class SharedValue<T> : SharedObject, ISelfCoded<SharedValue<T>>
    where T : unmanaged
{
    private readonly SharedRLock? _lock;
    private T* _address;

    internal SharedValue(ObjectHandle handle, SharedRLock? gate)
        : base(handle) => _lock = gate;

    /// <summary>The value, as it is at the moment.</summary>
    /// <exception cref="ObjectDisposedException">The value was disposed here.</exception>
    /// <exception cref="ConnectionLostException">First use, and the process that it lives in is gone.</exception>
    public T Value
    {
        get
        {
            var address = Address;
            return sizeof(T) switch
            {
                8 => Unsafe.BitCast<long, T>(Volatile.Read(ref *(long*)address)),
                4 => Unsafe.BitCast<int, T>(Volatile.Read(ref *(int*)address)),
                2 => Unsafe.BitCast<short, T>(Volatile.Read(ref *(short*)address)),
                1 => Unsafe.BitCast<byte, T>(Volatile.Read(ref *(byte*)address)),
                _ => ReadLarge(address),
            };
        }

        set
        {
            var address = Address;
            switch (sizeof(T))
            {
                case 8:
                    Volatile.Write(ref *(long*)address, Unsafe.BitCast<T, long>(value));
                    break;
                case 4:
                    Volatile.Write(ref *(int*)address, Unsafe.BitCast<T, int>(value));
                    break;
                case 2:
                    Volatile.Write(ref *(short*)address, Unsafe.BitCast<T, short>(value));
                    break;
                case 1:
                    Volatile.Write(ref *(byte*)address, Unsafe.BitCast<T, byte>(value));
                    break;
                default:
                    WriteLarge(address, value);
                    break;
            }
        }
    }

    private protected override string Kind => $"SharedValue<{typeof(T).Name}>";

    private T* Address => _address != null ? _address : Attach();

    /// <summary>The lock that belongs to the value.</summary>
    /// <returns>The same lock in every process.</returns>
    /// <exception cref="InvalidOperationException">It was made without one.</exception>
    public SharedRLock GetLock() => _lock ?? throw new InvalidOperationException($"{this} was made without a lock (RawValue, or @lock: false).");

    /// <summary>The value's place in memory, for methods that work on references. Valid until the value is disposed.</summary>
    /// <returns>A reference into shared memory.</returns>
    /// <exception cref="ObjectDisposedException">The value was disposed here.</exception>
    public ref T GetObj() => ref *Address;

    /// <summary>Adds to the value in one step, whatever other processes do.</summary>
    /// <param name="amount">What is added; wraps around as .NET's numbers do.</param>
    /// <returns>The new value.</returns>
    /// <exception cref="NotSupportedException">The value is not a number of 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed here.</exception>
    public T Add(T amount)
    {
        var address = Address;
        if (typeof(T) == typeof(int) || typeof(T) == typeof(uint))
        {
            return Unsafe.BitCast<int, T>(Interlocked.Add(ref *(int*)address, Unsafe.BitCast<T, int>(amount)));
        }

        if (typeof(T) == typeof(long) || typeof(T) == typeof(ulong))
        {
            return Unsafe.BitCast<long, T>(Interlocked.Add(ref *(long*)address, Unsafe.BitCast<T, long>(amount)));
        }

        if (typeof(T) == typeof(double) || typeof(T) == typeof(float))
        {
            while (true)
            {
                var before = Value;
                var after = typeof(T) == typeof(double)
                    ? (T)(object)((double)(object)before + (double)(object)amount)
                    : (T)(object)((float)(object)before + (float)(object)amount);
                if (Bits(CompareExchange(after, before)) == Bits(before))
                {
                    return after;
                }
            }
        }

        throw NotANumber();
    }

    /// <summary>Adds one in one step, whatever other processes do.</summary>
    /// <returns>The new value.</returns>
    /// <exception cref="NotSupportedException">The value is not a number of 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed here.</exception>
    public T Increment() => Add(One());

    /// <summary>Sets the value in one step.</summary>
    /// <param name="value">The new value.</param>
    /// <returns>The value before.</returns>
    /// <exception cref="NotSupportedException">The value does not have 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed here.</exception>
    public T Exchange(T value) => sizeof(T) switch
    {
        4 => Unsafe.BitCast<int, T>(Interlocked.Exchange(ref *(int*)Address, Unsafe.BitCast<T, int>(value))),
        8 => Unsafe.BitCast<long, T>(Interlocked.Exchange(ref *(long*)Address, Unsafe.BitCast<T, long>(value))),
        _ => throw NotANumber(),
    };

    /// <summary>Sets the value if it is still the expected one, in one step. Values are compared bit by bit.</summary>
    /// <param name="value">The new value.</param>
    /// <param name="expected">What it must be to be set.</param>
    /// <returns>The value before; it was set when this is the expected one.</returns>
    /// <exception cref="NotSupportedException">The value does not have 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed here.</exception>
    public T CompareExchange(T value, T expected) => sizeof(T) switch
    {
        4 => Unsafe.BitCast<int, T>(Interlocked.CompareExchange(ref *(int*)Address, Unsafe.BitCast<T, int>(value), Unsafe.BitCast<T, int>(expected))),
        8 => Unsafe.BitCast<long, T>(Interlocked.CompareExchange(ref *(long*)Address, Unsafe.BitCast<T, long>(value), Unsafe.BitCast<T, long>(expected))),
        _ => throw NotANumber(),
    };

    static SharedValue<T> ISelfCoded<SharedValue<T>>.ReadFrom(ref WireReader reader)
    {
        var handle = ObjectHandle.ReadFrom(ref reader);
        handle.RequireMemory(sizeof(T));
        return new SharedValue<T>(handle, reader.Bool() ? new SharedRLock(ObjectHandle.ReadFrom(ref reader)) : null);
    }

    private protected override void WriteTo(WireWriter writer)
    {
        base.WriteTo(writer);
        writer.Bool(_lock is not null);
        _lock?.Handle.WriteTo(writer);
    }

    private protected override void Dispose(bool disposing)
    {
        _address = null;
        _lock?.Dispose();
        base.Dispose(disposing);
    }

    private static long Bits(T value) => sizeof(T) == 8 ? Unsafe.BitCast<T, long>(value) : Unsafe.BitCast<T, int>(value);

    private static T One() =>
        typeof(T) == typeof(int) || typeof(T) == typeof(uint) ? Unsafe.BitCast<int, T>(1)
        : typeof(T) == typeof(long) || typeof(T) == typeof(ulong) ? Unsafe.BitCast<long, T>(1)
        : typeof(T) == typeof(double) ? Unsafe.BitCast<double, T>(1)
        : typeof(T) == typeof(float) ? Unsafe.BitCast<float, T>(1)
        : throw NotANumber();

    private static NotSupportedException NotANumber() =>
        new($"A {typeof(T).Name} cannot be changed in one step: only numbers of 4 and 8 bytes can. Hold GetLock() around the change.");

    private T* Attach() => _address = (T*)Handle.Memory;

    private T ReadLarge(T* address)
    {
        if (_lock is null)
        {
            return *address;
        }

        using (_lock.Hold())
        {
            return *address;
        }
    }

    private void WriteLarge(T* address, T value)
    {
        if (_lock is null)
        {
            *address = value;
            return;
        }

        using (_lock.Hold())
        {
            *address = value;
        }
    }
}
