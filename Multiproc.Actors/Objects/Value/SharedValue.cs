using System.Diagnostics;
using System.Runtime.CompilerServices;
using Multiproc.Objects;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// A single value in memory that processes share. A value of 1, 2, 4 or 8 bytes is read and written by one atomic load or store. A value of any other size is
/// read and written under its lock, if it has one, so that no process sees it half changed.
/// </summary>
/// <remarks>
/// As in Python, <c>v.Value += 1</c> is not atomic: another process may write between the read and the write. Use <see cref="Add"/>, or hold the lock
/// (<see cref="SynchronizedObject.GetLock"/>).
/// </remarks>
/// <typeparam name="T">The type of the value: a number, or any struct without references.</typeparam>
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
    // Volatile: see SharedArray.
    private volatile T* _address;

    internal SharedValue(ObjectHandle handle, ValueLock gate)
        : base(handle, gate) => PlainMemory.Require<T>();

    /// <inheritdoc/>
    public override Type ValueType => typeof(T);

    /// <summary>Gets or sets the value.</summary>
    /// <exception cref="ObjectDisposedException">The value was disposed in this process.</exception>
    /// <exception cref="ConnectionLostException">On first use: the process that hosts the value has ended, or the connection to it was lost.</exception>
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

    private T* Address
    {
        get
        {
            // Read once: the disposal may come between two reads.
            var address = _address;
            return address != null ? address : Attach();
        }
    }

    /// <summary>Returns a reference to the value in shared memory, for methods that work on references. Valid until this object is disposed.</summary>
    /// <returns>A reference into shared memory.</returns>
    /// <exception cref="ObjectDisposedException">The value was disposed in this process.</exception>
    public ref T GetObj()
    {
        var address = Address;
        Handle.KeepMapped();
        return ref *address;
    }

    /// <summary>Adds to the value atomically across processes.</summary>
    /// <param name="amount">The amount to add; integers wrap around on overflow.</param>
    /// <returns>The new value.</returns>
    /// <exception cref="NotSupportedException">The value is not a number of 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed in this process.</exception>
    public T Add(T amount) => Atomic<T>.Add(Address, amount);

    /// <summary>Adds one to the value atomically across processes.</summary>
    /// <returns>The new value.</returns>
    /// <exception cref="NotSupportedException">The value is not a number of 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed in this process.</exception>
    public T Increment() => Add(Atomic<T>.One);

    /// <summary>Sets the value atomically and returns the previous one.</summary>
    /// <param name="value">The new value.</param>
    /// <returns>The previous value.</returns>
    /// <exception cref="NotSupportedException">The size of the value is not 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed in this process.</exception>
    public T Exchange(T value) => Atomic<T>.Exchange(Address, value);

    /// <summary>Sets the value atomically if it equals an expected one. Values are compared bit by bit.</summary>
    /// <param name="value">The new value.</param>
    /// <param name="expected">The value to compare with.</param>
    /// <returns>The previous value; the exchange took place when it equals <paramref name="expected"/>.</returns>
    /// <exception cref="NotSupportedException">The size of the value is not 4 or 8 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The value was disposed in this process.</exception>
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

        // The object may have ended between the read and the store, which would have overwritten what Forget did.
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
