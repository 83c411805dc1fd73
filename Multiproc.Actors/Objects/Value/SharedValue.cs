using System.Diagnostics;
using System.Runtime.CompilerServices;
using Multiproc.Objects;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// One value in memory that processes share. Reading and writing a value of up to 8 bytes is one load or store; a larger one is read and
/// written under its lock, so that it is never seen half changed.
/// </summary>
/// <remarks>
/// As in Python <c>v.Value += 1</c> is a read and a write, between which another process may write: use <see cref="Add"/>, or hold
/// <see cref="SynchronizedObject.GetLock"/>.
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
public sealed unsafe class SharedValue<T> : SharedValue, ISelfCoded<SharedValue<T>>
    where T : unmanaged
{
    private T* _address;

    internal SharedValue(ObjectHandle handle, ValueLock gate)
        : base(handle, gate) => PlainMemory.Require<T>();

    /// <inheritdoc/>
    public override Type ValueType => typeof(T);

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

    /// <summary>The value's place in memory, for methods that work on references. Valid until the value is disposed.</summary>
    /// <returns>A reference into shared memory.</returns>
    /// <exception cref="ObjectDisposedException">The value was disposed here.</exception>
    public ref T GetObj()
    {
        var address = Address;
        Handle.KeepMapped();
        return ref *address;
    }

    /// <summary>Adds to the value in one step, whatever other processes do.</summary>
    /// <param name="amount">What is added; wraps around as .NET's numbers do.</param>
    /// <returns>The new value.</returns>
    /// <exception cref="NotSupportedException">The value is not a number of 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed here.</exception>
    public T Add(T amount) => Atomic<T>.Add(Address, amount);

    /// <summary>Adds one in one step, whatever other processes do.</summary>
    /// <returns>The new value.</returns>
    /// <exception cref="NotSupportedException">The value is not a number of 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed here.</exception>
    public T Increment() => Add(Atomic<T>.One);

    /// <summary>Sets the value in one step.</summary>
    /// <param name="value">The new value.</param>
    /// <returns>The value before.</returns>
    /// <exception cref="NotSupportedException">The value does not have 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed here.</exception>
    public T Exchange(T value) => Atomic<T>.Exchange(Address, value);

    /// <summary>Sets the value if it is still the expected one, in one step. Values are compared bit by bit.</summary>
    /// <param name="value">The new value.</param>
    /// <param name="expected">What it must be to be set.</param>
    /// <returns>The value before; it was set when this is the expected one.</returns>
    /// <exception cref="NotSupportedException">The value does not have 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed here.</exception>
    public T CompareExchange(T value, T expected) => Atomic<T>.CompareExchange(Address, value, expected);

    static SharedValue<T> ISelfCoded<SharedValue<T>>.ReadFrom(ref WireReader reader)
    {
        var handle = ObjectHandle.ReadFrom(ref reader);
        handle.RequireMemory(sizeof(T));
        return new SharedValue<T>(handle, ValueLock.ReadFrom(ref reader));
    }

    private protected override void Forget() => _address = null;

    private T* Attach()
    {
        var address = (T*)Handle.Memory;
        _address = address;

        // The end may have come between the look and the store, and would have been forgotten by it.
        Interlocked.MemoryBarrier();
        if (Handle.IsDisposed)
        {
            _address = null;
            Handle.ThrowIfDisposed();
        }

        return address;
    }

    private T ReadLarge(T* address)
    {
        using (HoldIfAny())
        {
            var value = *address;
            GC.KeepAlive(this);
            return value;
        }
    }

    private void WriteLarge(T* address, T value)
    {
        using (HoldIfAny())
        {
            *address = value;
            GC.KeepAlive(this);
        }
    }
}
