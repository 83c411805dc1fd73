using System.Runtime.CompilerServices;
using Multiproc.Objects;
using Multiproc.Objects.Events;
using Multiproc.Objects.Locks;
using Multiproc.Objects.Queues;
using Multiproc.Objects.Semaphores;
using Multiproc.Pool;
using Multiproc.Processes;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>A way of starting processes, with everything that can be made for them. <see cref="Mp"/> has the same members for the default way.</summary>
public sealed partial class MultiprocContext
{
    internal MultiprocContext()
    {
    }

    /// <summary>The settings in force.</summary>
    public static MultiprocOptions Options => Settings.Current;

    /// <summary>Sets what holds for everything that is made from now on, here and in the children that start from now on.</summary>
    /// <param name="options">The settings.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static void Configure(MultiprocOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Settings.Set(options);
    }

    /// <summary>Makes a queue that lives in this process.</summary>
    /// <typeparam name="T">What the items are; anything that can be sent.</typeparam>
    /// <param name="maxSize">How many items it holds at most; 0 (the default) is unbounded.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative size.</exception>
    public SharedQueue<T> Queue<T>(int maxSize = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxSize);
        return new SharedQueue<T>(Make(QueueKind.Instance, Serializer.Pack(maxSize)), maxSize);
    }

    /// <summary>Makes a lock that lives in this process.</summary>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedLock Lock() =>
        new SharedLock(Make(LockKind.Instance));

    /// <summary>Makes a recursive lock that lives in this process.</summary>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedRLock RLock() =>
        new SharedRLock(Make(LockKind.Instance));

    /// <summary>Makes a semaphore that lives in this process.</summary>
    /// <param name="value">How many permits it has at the start; default 1, at most 16,777,215.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative value, or too many.</exception>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedSemaphore Semaphore(int value = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, SemaphoreCell.MaxCount);
        return new SharedSemaphore(Make(SemaphoreKind.Instance, Serializer.Pack((value, SemaphoreCell.MaxCount))), SemaphoreCell.MaxCount);
    }

    /// <summary>Makes an event that lives in this process and is not set.</summary>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedEvent Event() =>
        new SharedEvent(Make(EventKind.Instance));

    /// <summary>Makes a value in memory that processes share.</summary>
    /// <typeparam name="T">A number or any struct without references.</typeparam>
    /// <param name="value">Its value at the start.</param>
    /// <param name="lock">Whether a lock belongs to it; default true.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedValue<T> Value<T>(T value = default, bool @lock = true)
        where T : unmanaged
    {
        var handle = MakeMemory(Unsafe.SizeOf<T>());
        return new SharedValue<T>(handle, @lock ? RLock() : null) { Value = value };
    }

    /// <summary>Makes a value in shared memory without a lock.</summary>
    /// <typeparam name="T">A number or any struct without references.</typeparam>
    /// <param name="value">Its value at the start.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system has no shared memory left.</exception>
    public SharedValue<T> RawValue<T>(T value = default)
        where T : unmanaged =>
        Value(value, @lock: false);

    /// <summary>Makes an array of zeros in memory that processes share.</summary>
    /// <typeparam name="T">A number or any struct without references.</typeparam>
    /// <param name="length">How many elements.</param>
    /// <param name="lock">Whether a lock belongs to it; default true.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative length.</exception>
    /// <exception cref="MultiprocException">The system has not so much shared memory left.</exception>
    public SharedArray<T> Array<T>(int length, bool @lock = true)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var handle = MakeMemory(Math.Max(1, (long)length * Unsafe.SizeOf<T>()));
        return new SharedArray<T>(handle, length, @lock ? RLock() : null);
    }

    /// <summary>Makes an array in memory that processes share, with the elements of another.</summary>
    /// <typeparam name="T">A number or any struct without references.</typeparam>
    /// <param name="items">The elements; copied.</param>
    /// <param name="lock">Whether a lock belongs to it; default true.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="MultiprocException">The system has not so much shared memory left.</exception>
    public SharedArray<T> Array<T>(ReadOnlySpan<T> items, bool @lock = true)
        where T : unmanaged
    {
        var array = Array<T>(items.Length, @lock);
        items.CopyTo(array.Span);
        return array;
    }

    /// <summary>Makes an array of zeros in shared memory without a lock.</summary>
    /// <typeparam name="T">A number or any struct without references.</typeparam>
    /// <param name="length">How many elements.</param>
    /// <returns>A facade that can be sent to other processes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A negative length.</exception>
    /// <exception cref="MultiprocException">The system has not so much shared memory left.</exception>
    public SharedArray<T> RawArray<T>(int length)
        where T : unmanaged =>
        Array<T>(length, @lock: false);

    /// <summary>Starts a manager: a server process whose objects outlive the processes that use them.</summary>
    /// <returns>The manager; disposing it ends its process and its objects.</returns>
    /// <exception cref="ProcessStartException">Its process could not be started.</exception>
    public SyncManager Manager() =>
        SyncManager.Launch();

    /// <summary>Starts a pool of worker processes.</summary>
    /// <param name="processes">How many; by default as many as this process may use processors.</param>
    /// <param name="options">The rest; see <see cref="PoolOptions"/>.</param>
    /// <param name="initializer">Run once in each worker before its first task; what it captures are its arguments. What it leaves in static fields stays.</param>
    /// <param name="finalizer">Run in each worker that leaves in peace: at Close, or when it is replaced. Not in one that is ended.</param>
    /// <param name="maxTasksPerChild">After how many tasks a worker is replaced by a fresh one; by default never.</param>
    /// <returns>The pool; disposing it ends its workers.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Not a positive number of processes or tasks.</exception>
    /// <exception cref="SerializationException">The initializer or finalizer cannot be sent.</exception>
    /// <exception cref="ProcessStartException">A worker could not be started.</exception>
    public ProcessPool Pool(int? processes = null, PoolOptions? options = null, Action? initializer = null, Action? finalizer = null, int? maxTasksPerChild = null) =>
        new ProcessPool(new CrewPlan(processes ?? UsableCpuCount(), options ?? Options.Pool, initializer, finalizer, maxTasksPerChild));

    /// <summary>The children of this process that run.</summary>
    /// <returns>A fresh list.</returns>
    public IReadOnlyList<ChildProcess> ActiveChildren() =>
        Children.Current.Snapshot();

    /// <summary>How many processors this machine has.</summary>
    /// <returns>At least 1.</returns>
    public int CpuCount() =>
        Environment.ProcessorCount;

    /// <summary>How many processors this process may use.</summary>
    /// <returns>At least 1.</returns>
    public int UsableCpuCount() =>
        Environment.ProcessorCount;

    private static ObjectHandle Make(ObjectKind kind, Payload options = default)
    {
        long id = Home.Current.Create(kind, options, out var cell);
        return new ObjectHandle(id, cell);
    }

    /// <summary>Plain memory: no actor owns it.</summary>
    private static ObjectHandle MakeMemory(long bytes) => new(0, Home.Current.Memory.Allocate(bytes));
}
