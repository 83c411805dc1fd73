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

    /// <summary>Prepares a process that runs Python. It is started by <see cref="PythonProcess.Start"/>.</summary>
    /// <param name="program">A script, "script.py", or a function, "module:function".</param>
    /// <param name="arguments">
    /// The arguments, as docs/pickle.md says: those of the function, or <c>sys.argv</c> of the script. For facades of a manager pass options with its server.
    /// </param>
    /// <returns>The process.</returns>
    /// <example>
    /// <code>
    /// using var python = Mp.PythonProcess("statistics:median", new List&lt;object?&gt; { 1, 2, 10 });
    /// python.Start();
    /// Console.WriteLine(python.Result&lt;int&gt;());
    /// </code>
    /// </example>
    public static PythonProcess PythonProcess(string program, params object?[] arguments) =>
        PythonProcess(program, new PythonProcessOptions(), arguments);

    /// <summary>Prepares a process that runs Python, with options. It is started by <see cref="PythonProcess.Start"/>.</summary>
    /// <param name="program">A script, "script.py", or a function, "module:function".</param>
    /// <param name="options">How the process is started.</param>
    /// <param name="arguments">
    /// The arguments, as docs/pickle.md says; facades of the manager of <see cref="PythonProcessOptions.Server"/> arrive as proxies.
    /// </param>
    /// <returns>The process.</returns>
    public static PythonProcess PythonProcess(string program, PythonProcessOptions options, params object?[] arguments)
    {
        ArgumentException.ThrowIfNullOrEmpty(program);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(arguments);
        WaitTimeout.RequireSomeTime(options.StartTimeout);
        return program.EndsWith(".py", StringComparison.Ordinal) || program.IndexOf(':', StringComparison.Ordinal) > 0
            ? new PythonProcess(program, options, arguments)
            : throw new ArgumentException($"'{program}' is neither a script, as \"script.py\", nor a function, as \"module:function\".", nameof(program));
    }
}
