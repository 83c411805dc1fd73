using Multiproc.Pool;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>Apply for actions with arguments, such as <c>Console.WriteLine</c>.</content>
public sealed partial class ProcessPool
{
    /// <inheritdoc cref="Apply(Action, TaskOptions, CancellationToken)"/>
    public void Apply<T1>(Action<T1> action, T1 arg1, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new ActionJob<T1>(AsyncVoid.Refused(action)), arg1, options, cancellation);

    /// <inheritdoc cref="ApplyAsync(Action, Action, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<object?> ApplyAsync<T1>(
        Action<T1> action, T1 arg1, Action? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        ApplyLater(new ActionJob<T1>(AsyncVoid.Refused(action)), arg1, Ended(callback), errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply(Action, TaskOptions, CancellationToken)"/>
    public void Apply<T1, T2>(Action<T1, T2> action, T1 arg1, T2 arg2, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new ActionJob<T1, T2>(AsyncVoid.Refused(action)), (arg1, arg2), options, cancellation);

    /// <inheritdoc cref="ApplyAsync(Action, Action, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<object?> ApplyAsync<T1, T2>(
        Action<T1, T2> action, T1 arg1, T2 arg2, Action? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        ApplyLater(new ActionJob<T1, T2>(AsyncVoid.Refused(action)), (arg1, arg2), Ended(callback), errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply(Action, TaskOptions, CancellationToken)"/>
    public void Apply<T1, T2, T3>(
        Action<T1, T2, T3> action, T1 arg1, T2 arg2, T3 arg3, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new ActionJob<T1, T2, T3>(AsyncVoid.Refused(action)), (arg1, arg2, arg3), options, cancellation);

    /// <inheritdoc cref="ApplyAsync(Action, Action, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<object?> ApplyAsync<T1, T2, T3>(
        Action<T1, T2, T3> action, T1 arg1, T2 arg2, T3 arg3, Action? callback = null, Action<Exception>? errorCallback = null, TaskOptions? options = null,
        CancellationToken cancellation = default) =>
        ApplyLater(new ActionJob<T1, T2, T3>(AsyncVoid.Refused(action)), (arg1, arg2, arg3), Ended(callback), errorCallback, options, cancellation);

    /// <inheritdoc cref="Apply(Action, TaskOptions, CancellationToken)"/>
    public void Apply<T1, T2, T3, T4>(
        Action<T1, T2, T3, T4> action, T1 arg1, T2 arg2, T3 arg3, T4 arg4, TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyNow(new ActionJob<T1, T2, T3, T4>(AsyncVoid.Refused(action)), (arg1, arg2, arg3, arg4), options, cancellation);

    /// <inheritdoc cref="ApplyAsync(Action, Action, Action{Exception}, TaskOptions, CancellationToken)"/>
    public AsyncResult<object?> ApplyAsync<T1, T2, T3, T4>(
        Action<T1, T2, T3, T4> action, T1 arg1, T2 arg2, T3 arg3, T4 arg4, Action? callback = null, Action<Exception>? errorCallback = null,
        TaskOptions? options = null, CancellationToken cancellation = default) =>
        ApplyLater(new ActionJob<T1, T2, T3, T4>(AsyncVoid.Refused(action)), (arg1, arg2, arg3, arg4), Ended(callback), errorCallback, options, cancellation);
}
