using System.Runtime.CompilerServices;
using Multiproc.Processes;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>Processes whose targets take a cancellation token.</content>
public sealed partial class MultiprocContext
{
    /// <summary>Creates a process that runs a cancellable method when it is started.</summary>
    /// <param name="target">The method to run. Its token fires when the process is terminated or interrupted; the method then has time to return.</param>
    /// <param name="name">The name of the process; by default "Process-N".</param>
    /// <param name="daemon">Whether the process is terminated when this one ends; null (the default) for the same as this process.</param>
    /// <param name="options">Limits and environment of the process; null (the default) for those of this process.</param>
    /// <returns>The process, not started yet.</returns>
    /// <exception cref="ArgumentNullException">The target is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    [OverloadResolutionPriority(-5)]
    public ChildProcess Process(Action<CancellationToken> target, string? name = null, bool? daemon = null, ProcessOptions? options = null)
    {
        AsyncVoid.Refused(target);
        return new ChildProcess(new CancellableActionWork(target), name, daemon, options, _method.Use());
    }

    /// <summary>Creates a process that runs a cancellable method when it is started.</summary>
    /// <typeparam name="T1">The type of argument 1.</typeparam>
    /// <param name="target">The method to run. Its token fires when the process is terminated or interrupted; the method then has time to return.</param>
    /// <param name="arg1">Argument 1; anything that can be sent.</param>
    /// <param name="name">The name of the process; by default "Process-N".</param>
    /// <param name="daemon">Whether the process is terminated when this one ends; null (the default) for the same as this process.</param>
    /// <param name="options">Limits and environment of the process; null (the default) for those of this process.</param>
    /// <returns>The process, not started yet.</returns>
    /// <exception cref="ArgumentNullException">The target is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    [OverloadResolutionPriority(-4)]
    public ChildProcess Process<T1>(Action<T1, CancellationToken> target, T1 arg1, string? name = null, bool? daemon = null, ProcessOptions? options = null)
    {
        AsyncVoid.Refused(target);
        return new ChildProcess(new CancellableActionWork<T1>(target, arg1), name, daemon, options, _method.Use());
    }

    /// <summary>Creates a process that runs a cancellable method when it is started.</summary>
    /// <typeparam name="T1">The type of argument 1.</typeparam>
    /// <typeparam name="T2">The type of argument 2.</typeparam>
    /// <param name="target">The method to run. Its token fires when the process is terminated or interrupted; the method then has time to return.</param>
    /// <param name="arg1">Argument 1; anything that can be sent.</param>
    /// <param name="arg2">Argument 2; anything that can be sent.</param>
    /// <param name="name">The name of the process; by default "Process-N".</param>
    /// <param name="daemon">Whether the process is terminated when this one ends; null (the default) for the same as this process.</param>
    /// <param name="options">Limits and environment of the process; null (the default) for those of this process.</param>
    /// <returns>The process, not started yet.</returns>
    /// <exception cref="ArgumentNullException">The target is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    [OverloadResolutionPriority(-3)]
    public ChildProcess Process<T1, T2>(
        Action<T1, T2, CancellationToken> target, T1 arg1, T2 arg2, string? name = null, bool? daemon = null, ProcessOptions? options = null)
    {
        AsyncVoid.Refused(target);
        return new ChildProcess(new CancellableActionWork<T1, T2>(target, arg1, arg2), name, daemon, options, _method.Use());
    }

    /// <summary>Creates a process that runs a cancellable method when it is started.</summary>
    /// <typeparam name="T1">The type of argument 1.</typeparam>
    /// <typeparam name="T2">The type of argument 2.</typeparam>
    /// <typeparam name="T3">The type of argument 3.</typeparam>
    /// <param name="target">The method to run. Its token fires when the process is terminated or interrupted; the method then has time to return.</param>
    /// <param name="arg1">Argument 1; anything that can be sent.</param>
    /// <param name="arg2">Argument 2; anything that can be sent.</param>
    /// <param name="arg3">Argument 3; anything that can be sent.</param>
    /// <param name="name">The name of the process; by default "Process-N".</param>
    /// <param name="daemon">Whether the process is terminated when this one ends; null (the default) for the same as this process.</param>
    /// <param name="options">Limits and environment of the process; null (the default) for those of this process.</param>
    /// <returns>The process, not started yet.</returns>
    /// <exception cref="ArgumentNullException">The target is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    [OverloadResolutionPriority(-2)]
    public ChildProcess Process<T1, T2, T3>(
        Action<T1, T2, T3, CancellationToken> target, T1 arg1, T2 arg2, T3 arg3, string? name = null, bool? daemon = null, ProcessOptions? options = null)
    {
        AsyncVoid.Refused(target);
        return new ChildProcess(new CancellableActionWork<T1, T2, T3>(target, arg1, arg2, arg3), name, daemon, options, _method.Use());
    }

    /// <summary>Creates a process that runs a cancellable method when it is started.</summary>
    /// <typeparam name="T1">The type of argument 1.</typeparam>
    /// <typeparam name="T2">The type of argument 2.</typeparam>
    /// <typeparam name="T3">The type of argument 3.</typeparam>
    /// <typeparam name="T4">The type of argument 4.</typeparam>
    /// <param name="target">The method to run. Its token fires when the process is terminated or interrupted; the method then has time to return.</param>
    /// <param name="arg1">Argument 1; anything that can be sent.</param>
    /// <param name="arg2">Argument 2; anything that can be sent.</param>
    /// <param name="arg3">Argument 3; anything that can be sent.</param>
    /// <param name="arg4">Argument 4; anything that can be sent.</param>
    /// <param name="name">The name of the process; by default "Process-N".</param>
    /// <param name="daemon">Whether the process is terminated when this one ends; null (the default) for the same as this process.</param>
    /// <param name="options">Limits and environment of the process; null (the default) for those of this process.</param>
    /// <returns>The process, not started yet.</returns>
    /// <exception cref="ArgumentNullException">The target is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    [OverloadResolutionPriority(-1)]
    public ChildProcess Process<T1, T2, T3, T4>(
        Action<T1, T2, T3, T4, CancellationToken> target, T1 arg1, T2 arg2, T3 arg3, T4 arg4, string? name = null, bool? daemon = null,
        ProcessOptions? options = null)
    {
        AsyncVoid.Refused(target);
        return new ChildProcess(new CancellableActionWork<T1, T2, T3, T4>(target, arg1, arg2, arg3, arg4), name, daemon, options, _method.Use());
    }

    /// <summary>Creates a process that runs a cancellable method when it is started.</summary>
    /// <param name="target">The method to run. Its token fires when the process is terminated or interrupted; the method then has time to return.</param>
    /// <param name="name">The name of the process; by default "Process-N".</param>
    /// <param name="daemon">Whether the process is terminated when this one ends; null (the default) for the same as this process.</param>
    /// <param name="options">Limits and environment of the process; null (the default) for those of this process.</param>
    /// <returns>The process, not started yet.</returns>
    /// <exception cref="ArgumentNullException">The target is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    [OverloadResolutionPriority(-5)]
    public ChildProcess Process(Func<CancellationToken, Task> target, string? name = null, bool? daemon = null, ProcessOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new ChildProcess(new CancellableTaskWork(target), name, daemon, options, _method.Use());
    }

    /// <summary>Creates a process that runs a cancellable method when it is started.</summary>
    /// <typeparam name="T1">The type of argument 1.</typeparam>
    /// <param name="target">The method to run. Its token fires when the process is terminated or interrupted; the method then has time to return.</param>
    /// <param name="arg1">Argument 1; anything that can be sent.</param>
    /// <param name="name">The name of the process; by default "Process-N".</param>
    /// <param name="daemon">Whether the process is terminated when this one ends; null (the default) for the same as this process.</param>
    /// <param name="options">Limits and environment of the process; null (the default) for those of this process.</param>
    /// <returns>The process, not started yet.</returns>
    /// <exception cref="ArgumentNullException">The target is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    [OverloadResolutionPriority(-4)]
    public ChildProcess Process<T1>(Func<T1, CancellationToken, Task> target, T1 arg1, string? name = null, bool? daemon = null, ProcessOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new ChildProcess(new CancellableTaskWork<T1>(target, arg1), name, daemon, options, _method.Use());
    }

    /// <summary>Creates a process that runs a cancellable method when it is started.</summary>
    /// <typeparam name="T1">The type of argument 1.</typeparam>
    /// <typeparam name="T2">The type of argument 2.</typeparam>
    /// <param name="target">The method to run. Its token fires when the process is terminated or interrupted; the method then has time to return.</param>
    /// <param name="arg1">Argument 1; anything that can be sent.</param>
    /// <param name="arg2">Argument 2; anything that can be sent.</param>
    /// <param name="name">The name of the process; by default "Process-N".</param>
    /// <param name="daemon">Whether the process is terminated when this one ends; null (the default) for the same as this process.</param>
    /// <param name="options">Limits and environment of the process; null (the default) for those of this process.</param>
    /// <returns>The process, not started yet.</returns>
    /// <exception cref="ArgumentNullException">The target is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    [OverloadResolutionPriority(-3)]
    public ChildProcess Process<T1, T2>(
        Func<T1, T2, CancellationToken, Task> target, T1 arg1, T2 arg2, string? name = null, bool? daemon = null, ProcessOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new ChildProcess(new CancellableTaskWork<T1, T2>(target, arg1, arg2), name, daemon, options, _method.Use());
    }

    /// <summary>Creates a process that runs a cancellable method when it is started.</summary>
    /// <typeparam name="T1">The type of argument 1.</typeparam>
    /// <typeparam name="T2">The type of argument 2.</typeparam>
    /// <typeparam name="T3">The type of argument 3.</typeparam>
    /// <param name="target">The method to run. Its token fires when the process is terminated or interrupted; the method then has time to return.</param>
    /// <param name="arg1">Argument 1; anything that can be sent.</param>
    /// <param name="arg2">Argument 2; anything that can be sent.</param>
    /// <param name="arg3">Argument 3; anything that can be sent.</param>
    /// <param name="name">The name of the process; by default "Process-N".</param>
    /// <param name="daemon">Whether the process is terminated when this one ends; null (the default) for the same as this process.</param>
    /// <param name="options">Limits and environment of the process; null (the default) for those of this process.</param>
    /// <returns>The process, not started yet.</returns>
    /// <exception cref="ArgumentNullException">The target is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    [OverloadResolutionPriority(-2)]
    public ChildProcess Process<T1, T2, T3>(
        Func<T1, T2, T3, CancellationToken, Task> target, T1 arg1, T2 arg2, T3 arg3, string? name = null, bool? daemon = null, ProcessOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new ChildProcess(new CancellableTaskWork<T1, T2, T3>(target, arg1, arg2, arg3), name, daemon, options, _method.Use());
    }

    /// <summary>Creates a process that runs a cancellable method when it is started.</summary>
    /// <typeparam name="T1">The type of argument 1.</typeparam>
    /// <typeparam name="T2">The type of argument 2.</typeparam>
    /// <typeparam name="T3">The type of argument 3.</typeparam>
    /// <typeparam name="T4">The type of argument 4.</typeparam>
    /// <param name="target">The method to run. Its token fires when the process is terminated or interrupted; the method then has time to return.</param>
    /// <param name="arg1">Argument 1; anything that can be sent.</param>
    /// <param name="arg2">Argument 2; anything that can be sent.</param>
    /// <param name="arg3">Argument 3; anything that can be sent.</param>
    /// <param name="arg4">Argument 4; anything that can be sent.</param>
    /// <param name="name">The name of the process; by default "Process-N".</param>
    /// <param name="daemon">Whether the process is terminated when this one ends; null (the default) for the same as this process.</param>
    /// <param name="options">Limits and environment of the process; null (the default) for those of this process.</param>
    /// <returns>The process, not started yet.</returns>
    /// <exception cref="ArgumentNullException">The target is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    [OverloadResolutionPriority(-1)]
    public ChildProcess Process<T1, T2, T3, T4>(
        Func<T1, T2, T3, T4, CancellationToken, Task> target, T1 arg1, T2 arg2, T3 arg3, T4 arg4, string? name = null, bool? daemon = null,
        ProcessOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new ChildProcess(new CancellableTaskWork<T1, T2, T3, T4>(target, arg1, arg2, arg3, arg4), name, daemon, options, _method.Use());
    }
}
