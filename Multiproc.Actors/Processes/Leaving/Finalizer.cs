using Multiproc.Processes.Leaving;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// Runs a callback once: on request, when an object has been garbage-collected, or when this process ends normally. Python's
/// <c>multiprocessing.util.Finalize</c>. It belongs to the process that created it: sent to another one, it does nothing there.
/// </summary>
/// <remarks>
/// When the process ends, finalizers with a priority of zero or more run first; then daemons are terminated and other children waited for; then
/// finalizers with a negative priority run. Higher priorities come first, and within a priority the newest. An exception of a callback is written to stderr
/// and does not stop the others. A process that is killed runs no finalizers.
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

    /// <summary>Creates a finalizer that runs when the process ends.</summary>
    /// <param name="callback">The callback.</param>
    /// <param name="exitPriority">The priority: a higher one runs earlier, a negative one after the children have ended.</param>
    public Finalizer(Action callback, int exitPriority)
    {
        _callback = AsyncVoid.Refused(callback);
        Finalizers.Current.Add(this, exitPriority);
    }

    /// <summary>Creates a finalizer that runs when an object has been garbage-collected.</summary>
    /// <param name="owner">The object. The callback must not refer to it, or it would never be collected.</param>
    /// <param name="callback">The callback. It runs on the garbage collector's finalizer thread and must not block.</param>
    /// <param name="exitPriority">The priority at the end of the process, if the object still exists then; null (the default) for not running then.</param>
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

    /// <summary>Gets whether the callback has neither run nor been cancelled.</summary>
    public bool StillActive => Volatile.Read(ref _callback) is not null;

    /// <summary>Runs the callback now, unless it has run or was cancelled. Exceptions of the callback are thrown to the caller.</summary>
    /// <returns>True if this call ran the callback.</returns>
    public bool Invoke()
    {
        if (Take() is not { } callback)
        {
            return false;
        }

        callback();
        return true;
    }

    /// <summary>Cancels the finalizer, so that the callback does not run.</summary>
    public void Cancel() => Take();

    /// <summary>Runs the callback now, unless it has run or was cancelled.</summary>
    public void Dispose() => Invoke();

    /// <summary>Takes the callback, so that only one of a call, the collector and the end of the process runs it.</summary>
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
