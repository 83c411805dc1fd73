using Multiproc.Processes.Leaving;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// Something to be done once: when it is called, when an object has been collected, or at the latest when this process ends normally, by its priority.
/// Python's <c>multiprocessing.util.Finalize</c>. It belongs to the process that made it: sent to another one, it does nothing there.
/// </summary>
/// <remarks>
/// At the end those with a priority of zero or more run first, then daemons are terminated and other children waited for, then those with a negative
/// priority run. Among them a higher priority comes first, and of one priority the newest. What throws there is written to stderr and holds up no other.
/// A process that is killed runs none.
/// </remarks>
/// <example>
/// <code>
/// var folder = Directory.CreateTempSubdirectory();
/// _ = new Finalizer(() => folder.Delete(recursive: true), exitPriority: 10);
/// </code>
/// </example>
public sealed class Finalizer : IDisposable
{
    [NonSerialized]
    private Action? _callback;

    /// <summary>Runs at the end of the process.</summary>
    /// <param name="callback">What is to be done.</param>
    /// <param name="exitPriority">The higher, the earlier; negative ones run after the children have ended.</param>
    public Finalizer(Action callback, int exitPriority)
    {
        _callback = AsyncVoid.Refused(callback);
        Finalizers.Current.Add(this, exitPriority);
    }

    /// <summary>Runs when an object has been collected.</summary>
    /// <param name="owner">The object. The callback must not refer to it: it would never be collected.</param>
    /// <param name="callback">What is to be done; runs on the collector's thread, which must not be held up.</param>
    /// <param name="exitPriority">When it runs at the end of the process if the object is there still; null (the default): then it does not run.</param>
    public Finalizer(object owner, Action callback, int? exitPriority = null)
    {
        ArgumentNullException.ThrowIfNull(owner);
        _callback = AsyncVoid.Refused(callback);
        if (exitPriority is { } priority)
        {
            Finalizers.Current.Add(this, priority);
        }

        Owners.Attach(owner, this);
    }

    /// <summary>Whether it is still to run.</summary>
    public bool StillActive => Volatile.Read(ref _callback) is not null;

    /// <summary>Runs it now, unless it has run or was cancelled. What it throws comes out here.</summary>
    /// <returns>True when it ran.</returns>
    public bool Invoke()
    {
        if (Take() is not { } callback)
        {
            return false;
        }

        callback();
        return true;
    }

    /// <summary>It runs no more.</summary>
    public void Cancel() => Take();

    /// <summary>As <see cref="Invoke"/>.</summary>
    public void Dispose() => Invoke();

    /// <summary>Of all that may run it - a call, the collector, the end - one gets the callback.</summary>
    private Action? Take()
    {
        var callback = Interlocked.Exchange(ref _callback, null);
        if (callback is not null)
        {
            Finalizers.Current.Remove(this);
        }

        return callback;
    }
}
