using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using Multiproc.Processes;
using Multiproc.Transport;

namespace Multiproc;

/// <summary>
/// Represents the pending result of a call of a pool: Python's <c>AsyncResult</c>. It can be waited for, awaited, or used as a <see cref="Task{TResult}"/>.
/// </summary>
/// <typeparam name="T">The type of the result.</typeparam>
/// <example>
/// <code>
/// var later = pool.ApplyAsync(static x => x * x, 12);
/// int square = later.Get(TimeSpan.FromSeconds(1));   // or: await later
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class AsyncResult<T>
{
    private const int Pending = 0;
    private const int HasValue = 1;
    private const int HasFailed = 2;
    private const int IsCancelled = 3;

    private readonly Lock _gate = new();
    private readonly WaitSlot _done = new();
    private TaskCompletionSource<T>? _task;
    private CancellationTokenRegistration _registration;
    private CancellationToken _cancellation;
    private T? _value;
    private Exception? _failure;
    private volatile int _state;
    private int _waiting;

    internal AsyncResult()
    {
    }

    /// <summary>Gets whether the call has ended, callbacks included.</summary>
    public bool Ready => _state != Pending;

    /// <summary>Gets whether the call has ended without an exception.</summary>
    /// <exception cref="InvalidOperationException">The call has not ended.</exception>
    public bool Successful => _state switch
    {
        Pending => throw new InvalidOperationException("The result is not ready: wait for it before reading Successful."),
        var ended => ended == HasValue,
    };

    /// <summary>Converts the pending result to a task.</summary>
    /// <param name="result">The pending result.</param>
    public static implicit operator Task<T>(AsyncResult<T> result) => (result ?? throw new ArgumentNullException(nameof(result))).AsTask();

    /// <summary>Waits until the call has ended. Never throws the exception of the call.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Stops waiting; the call goes on.</param>
    /// <returns>True if the call has ended, false if the timeout passed.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public bool Wait(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_state == Pending)
        {
            // A slot has room for one thread; other threads wait on the task.
            if (Interlocked.CompareExchange(ref _waiting, 1, 0) == 0)
            {
                try
                {
                    Reactor.Current.WaitUntil(_done, timeout, cancellation);
                }
                finally
                {
                    Volatile.Write(ref _waiting, 0);
                }
            }
            else
            {
                AsTask().Ends(timeout, cancellation);
            }
        }

        if (_state == Pending)
        {
            cancellation.ThrowIfCancellationRequested();
        }

        return _state != Pending;
    }

    /// <summary>Waits for the result and returns it. May be called again, with the same result.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Stops waiting; the call goes on.</param>
    /// <returns>The result of the call.</returns>
    /// <exception cref="MultiprocTimeoutException">The timeout passed; the call goes on.</exception>
    /// <exception cref="WorkerDiedException">A worker died while it ran a task.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired, or the call was cancelled.</exception>
    /// <remarks>An exception of the function is rethrown here with its own type.</remarks>
    public T Get(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        if (!Wait(timeout, cancellation))
        {
            throw Late(timeout);
        }

        if (_state == HasFailed)
        {
            ExceptionDispatchInfo.Throw(_failure!);
        }

        return _state == HasValue ? _value! : throw new OperationCanceledException(_cancellation);
    }

    /// <summary>Gets the result as a task.</summary>
    /// <returns>The same task each time.</returns>
    public Task<T> AsTask()
    {
        lock (_gate)
        {
            if (_task is null)
            {
                _task = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
                EndTask_UnderLock();
            }

            return _task.Task;
        }
    }

    /// <summary>Gets the awaiter for <c>await</c>.</summary>
    /// <returns>The awaiter.</returns>
    public TaskAwaiter<T> GetAwaiter() => AsTask().GetAwaiter();

    /// <summary>Configures how <c>await</c> continues.</summary>
    /// <param name="continueOnCapturedContext">Whether to continue in the captured context.</param>
    /// <returns>The awaitable.</returns>
    public ConfiguredTaskAwaitable<T> ConfigureAwait(bool continueOnCapturedContext) => AsTask().ConfigureAwait(continueOnCapturedContext);

    /// <summary>Waits asynchronously for the result.</summary>
    /// <param name="cancellation">Stops waiting; the call goes on.</param>
    /// <returns>A task with the result of the call.</returns>
    public Task<T> WaitAsync(CancellationToken cancellation) =>
        cancellation.IsCancellationRequested ? Task.FromCanceled<T>(cancellation) : AsTask().WaitAsync(cancellation);

    /// <summary>Waits asynchronously for the result.</summary>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero not at all.</param>
    /// <param name="cancellation">Stops waiting; the call goes on.</param>
    /// <returns>A task with the result of the call.</returns>
    /// <exception cref="MultiprocTimeoutException">The timeout passed; the call goes on.</exception>
    public async Task<T> WaitAsync(TimeSpan timeout, CancellationToken cancellation = default) =>
        await AsTask().EndsAsync(timeout, cancellation).ConfigureAwait(false) ? await AsTask().ConfigureAwait(false) : throw Late(timeout);

    /// <summary>Describes the result by its type and state.</summary>
    /// <returns>For example "AsyncResult&lt;Int32&gt; (not ready)".</returns>
    public override string ToString() =>
        $"AsyncResult<{typeof(T).Name}> "
            + $"({_state switch { Pending => "not ready", HasValue => "successful", HasFailed => _failure!.GetType().Name, _ => "cancelled" }})";

    internal void SetValue(T value) => End(HasValue, value, null, default);

    internal void SetFailure(Exception failure) => End(HasFailed, default, failure, default);

    internal void SetCancelled(CancellationToken cancellation) => End(IsCancelled, default, null, cancellation);

    /// <summary>Runs <paramref name="cancel"/> if the token fires before the call has ended.</summary>
    internal void CancelWith(CancellationToken cancellation, Action cancel)
    {
        if (cancellation.CanBeCanceled)
        {
            var registration = cancellation.UnsafeRegister(_ => cancel(), null);
            lock (_gate)
            {
                _registration = registration;
            }

            if (Ready)
            {
                registration.Unregister();
            }
        }
    }

    private static MultiprocTimeoutException Late(WaitTimeout timeout) => new($"The pool had no result within {timeout}.");

    private void End(int state, T? value, Exception? failure, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_state != Pending)
            {
                return;
            }

            (_value, _failure, _cancellation) = (value, failure, cancellation);
            _state = state;
            EndTask_UnderLock();
            _registration.Unregister();
        }

        _done.Complete();
    }

    private void EndTask_UnderLock()
    {
        switch (_state)
        {
            case HasValue:
                _task?.TrySetResult(_value!);
                break;
            case HasFailed:
                _task?.TrySetException(_failure!);
                break;
            case IsCancelled:
                _task?.TrySetCanceled(_cancellation);
                break;
        }
    }
}
