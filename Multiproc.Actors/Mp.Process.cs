using System.Runtime.CompilerServices;

namespace Multiproc;

public static partial class Mp
{
    /// <inheritdoc cref="MultiprocContext.Process(Action, string?, bool?, ProcessOptions?)"/>
    public static ChildProcess Process(Action target, string? name = null, bool? daemon = null, ProcessOptions? options = null) =>
        Default.Process(target, name, daemon, options);

    /// <inheritdoc cref="MultiprocContext.Process{T1}(Action{T1}, T1, string?, bool?, ProcessOptions?)"/>
    [OverloadResolutionPriority(1)]
    public static ChildProcess Process<T1>(Action<T1> target, T1 arg1, string? name = null, bool? daemon = null, ProcessOptions? options = null) =>
        Default.Process(target, arg1, name, daemon, options);

    /// <inheritdoc cref="MultiprocContext.Process{T1, T2}(Action{T1, T2}, T1, T2, string?, bool?, ProcessOptions?)"/>
    [OverloadResolutionPriority(2)]
    public static ChildProcess Process<T1, T2>(
        Action<T1, T2> target, T1 arg1, T2 arg2, string? name = null, bool? daemon = null, ProcessOptions? options = null) =>
        Default.Process(target, arg1, arg2, name, daemon, options);

    /// <inheritdoc cref="MultiprocContext.Process{T1, T2, T3}(Action{T1, T2, T3}, T1, T2, T3, string?, bool?, ProcessOptions?)"/>
    [OverloadResolutionPriority(3)]
    public static ChildProcess Process<T1, T2, T3>(
        Action<T1, T2, T3> target, T1 arg1, T2 arg2, T3 arg3, string? name = null, bool? daemon = null, ProcessOptions? options = null) =>
        Default.Process(target, arg1, arg2, arg3, name, daemon, options);

    /// <inheritdoc cref="MultiprocContext.Process{T1, T2, T3, T4}(Action{T1, T2, T3, T4}, T1, T2, T3, T4, string?, bool?, ProcessOptions?)"/>
    [OverloadResolutionPriority(4)]
    public static ChildProcess Process<T1, T2, T3, T4>(
        Action<T1, T2, T3, T4> target, T1 arg1, T2 arg2, T3 arg3, T4 arg4, string? name = null, bool? daemon = null, ProcessOptions? options = null) =>
        Default.Process(target, arg1, arg2, arg3, arg4, name, daemon, options);

    /// <inheritdoc cref="MultiprocContext.Process(Func{Task}, string?, bool?, ProcessOptions?)"/>
    public static ChildProcess Process(Func<Task> target, string? name = null, bool? daemon = null, ProcessOptions? options = null) =>
        Default.Process(target, name, daemon, options);

    /// <inheritdoc cref="MultiprocContext.Process{T1}(Func{T1, Task}, T1, string?, bool?, ProcessOptions?)"/>
    [OverloadResolutionPriority(1)]
    public static ChildProcess Process<T1>(Func<T1, Task> target, T1 arg1, string? name = null, bool? daemon = null, ProcessOptions? options = null) =>
        Default.Process(target, arg1, name, daemon, options);

    /// <inheritdoc cref="MultiprocContext.Process{T1, T2}(Func{T1, T2, Task}, T1, T2, string?, bool?, ProcessOptions?)"/>
    [OverloadResolutionPriority(2)]
    public static ChildProcess Process<T1, T2>(
        Func<T1, T2, Task> target, T1 arg1, T2 arg2, string? name = null, bool? daemon = null, ProcessOptions? options = null) =>
        Default.Process(target, arg1, arg2, name, daemon, options);

    /// <inheritdoc cref="MultiprocContext.Process{T1, T2, T3}(Func{T1, T2, T3, Task}, T1, T2, T3, string?, bool?, ProcessOptions?)"/>
    [OverloadResolutionPriority(3)]
    public static ChildProcess Process<T1, T2, T3>(
        Func<T1, T2, T3, Task> target, T1 arg1, T2 arg2, T3 arg3, string? name = null, bool? daemon = null, ProcessOptions? options = null) =>
        Default.Process(target, arg1, arg2, arg3, name, daemon, options);

    /// <inheritdoc cref="MultiprocContext.Process{T1, T2, T3, T4}(Func{T1, T2, T3, T4, Task}, T1, T2, T3, T4, string?, bool?, ProcessOptions?)"/>
    [OverloadResolutionPriority(4)]
    public static ChildProcess Process<T1, T2, T3, T4>(
        Func<T1, T2, T3, T4, Task> target, T1 arg1, T2 arg2, T3 arg3, T4 arg4, string? name = null, bool? daemon = null, ProcessOptions? options = null) =>
        Default.Process(target, arg1, arg2, arg3, arg4, name, daemon, options);
}
