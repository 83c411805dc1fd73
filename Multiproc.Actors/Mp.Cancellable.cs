using System.Runtime.CompilerServices;

namespace Multiproc;

/// <content>Processes whose targets take a cancellation token.</content>
public static partial class Mp
{
    /// <inheritdoc cref="MultiprocContext.Process(Action{CancellationToken}, string?, bool?, ProcessOptions?)"/>
    [OverloadResolutionPriority(-5)]
    public static ChildProcess Process(Action<CancellationToken> target, string? name = null, bool? daemon = null, ProcessOptions? options = null) =>
        Default.Process(target, name, daemon, options);

    /// <inheritdoc cref="MultiprocContext.Process{T1}(Action{T1, CancellationToken}, T1, string?, bool?, ProcessOptions?)"/>
    [OverloadResolutionPriority(-4)]
    public static ChildProcess Process<T1>(
        Action<T1, CancellationToken> target, T1 arg1, string? name = null, bool? daemon = null, ProcessOptions? options = null) =>
        Default.Process(target, arg1, name, daemon, options);

    /// <inheritdoc cref="MultiprocContext.Process{T1, T2}(Action{T1, T2, CancellationToken}, T1, T2, string?, bool?, ProcessOptions?)"/>
    [OverloadResolutionPriority(-3)]
    public static ChildProcess Process<T1, T2>(
        Action<T1, T2, CancellationToken> target, T1 arg1, T2 arg2, string? name = null, bool? daemon = null, ProcessOptions? options = null) =>
        Default.Process(target, arg1, arg2, name, daemon, options);

    /// <inheritdoc cref="MultiprocContext.Process{T1, T2, T3}(Action{T1, T2, T3, CancellationToken}, T1, T2, T3, string?, bool?, ProcessOptions?)"/>
    [OverloadResolutionPriority(-2)]
    public static ChildProcess Process<T1, T2, T3>(
        Action<T1, T2, T3, CancellationToken> target, T1 arg1, T2 arg2, T3 arg3, string? name = null, bool? daemon = null, ProcessOptions? options = null) =>
        Default.Process(target, arg1, arg2, arg3, name, daemon, options);

    /// <inheritdoc cref="MultiprocContext.Process{T1, T2, T3, T4}(Action{T1, T2, T3, T4, CancellationToken}, T1, T2, T3, T4, string?, bool?,
    /// ProcessOptions?)"/>
    [OverloadResolutionPriority(-1)]
    public static ChildProcess Process<T1, T2, T3, T4>(
        Action<T1, T2, T3, T4, CancellationToken> target, T1 arg1, T2 arg2, T3 arg3, T4 arg4, string? name = null, bool? daemon = null,
        ProcessOptions? options = null) =>
        Default.Process(target, arg1, arg2, arg3, arg4, name, daemon, options);

    /// <inheritdoc cref="MultiprocContext.Process(Func{CancellationToken, Task}, string?, bool?, ProcessOptions?)"/>
    [OverloadResolutionPriority(-5)]
    public static ChildProcess Process(Func<CancellationToken, Task> target, string? name = null, bool? daemon = null, ProcessOptions? options = null) =>
        Default.Process(target, name, daemon, options);

    /// <inheritdoc cref="MultiprocContext.Process{T1}(Func{T1, CancellationToken, Task}, T1, string?, bool?, ProcessOptions?)"/>
    [OverloadResolutionPriority(-4)]
    public static ChildProcess Process<T1>(
        Func<T1, CancellationToken, Task> target, T1 arg1, string? name = null, bool? daemon = null, ProcessOptions? options = null) =>
        Default.Process(target, arg1, name, daemon, options);

    /// <inheritdoc cref="MultiprocContext.Process{T1, T2}(Func{T1, T2, CancellationToken, Task}, T1, T2, string?, bool?, ProcessOptions?)"/>
    [OverloadResolutionPriority(-3)]
    public static ChildProcess Process<T1, T2>(
        Func<T1, T2, CancellationToken, Task> target, T1 arg1, T2 arg2, string? name = null, bool? daemon = null, ProcessOptions? options = null) =>
        Default.Process(target, arg1, arg2, name, daemon, options);

    /// <inheritdoc cref="MultiprocContext.Process{T1, T2, T3}(Func{T1, T2, T3, CancellationToken, Task}, T1, T2, T3, string?, bool?, ProcessOptions?)"/>
    [OverloadResolutionPriority(-2)]
    public static ChildProcess Process<T1, T2, T3>(
        Func<T1, T2, T3, CancellationToken, Task> target, T1 arg1, T2 arg2, T3 arg3, string? name = null, bool? daemon = null,
        ProcessOptions? options = null) =>
        Default.Process(target, arg1, arg2, arg3, name, daemon, options);

    /// <inheritdoc cref="MultiprocContext.Process{T1, T2, T3, T4}(Func{T1, T2, T3, T4, CancellationToken, Task}, T1, T2, T3, T4, string?, bool?,
    /// ProcessOptions?)"/>
    [OverloadResolutionPriority(-1)]
    public static ChildProcess Process<T1, T2, T3, T4>(
        Func<T1, T2, T3, T4, CancellationToken, Task> target, T1 arg1, T2 arg2, T3 arg3, T4 arg4, string? name = null, bool? daemon = null,
        ProcessOptions? options = null) =>
        Default.Process(target, arg1, arg2, arg3, arg4, name, daemon, options);
}
