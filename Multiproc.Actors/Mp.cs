using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Multiproc;

/// <summary>
/// Creates processes, pools and managers, and the objects that they share: the entry point of the library, like Python's <c>multiprocessing</c> module.
/// </summary>
/// <example>
/// <code>
/// using var queue = Mp.Queue&lt;string&gt;();
/// var child = Mp.Process(static q => q.Put($"hello from {Mp.CurrentProcess.Name}"), queue);
/// child.Start();
/// Console.WriteLine(queue.Get());
/// child.Join();
/// </code>
/// </example>
public static partial class Mp
{
    /// <summary>Gets the process that this code runs in.</summary>
    public static CurrentProcess CurrentProcess => CurrentProcess.Instance;

    /// <summary>Gets the process that started this one; null in the main process.</summary>
    public static ParentProcess? ParentProcess => CurrentProcess.Instance.Parent;

    /// <inheritdoc cref="MultiprocContext.Options"/>
    public static MultiprocOptions Options => MultiprocContext.Options;

    private static MultiprocContext Default => MultiprocContext.Default;

    /// <inheritdoc cref="MultiprocContext.GetLogger()"/>
    public static ILogger GetLogger() => MultiprocContext.GetLogger();

    /// <inheritdoc cref="MultiprocContext.LogToStderr(LogLevel)"/>
    public static ILogger LogToStderr(LogLevel level = LogLevel.Information) => MultiprocContext.LogToStderr(level);

    /// <inheritdoc cref="MultiprocContext.LogTo(ILogger, LogLevel)"/>
    public static void LogTo(ILogger logger, LogLevel level = LogLevel.Information) => MultiprocContext.LogTo(logger, level);

    /// <inheritdoc cref="MultiprocContext.FreezeSupport(string[])"/>
    public static void FreezeSupport(string[] args) => MultiprocContext.FreezeSupport(args);

    /// <inheritdoc cref="MultiprocContext.GetTempDir"/>
    public static string GetTempDir() => MultiprocContext.GetTempDir();

    /// <inheritdoc cref="MultiprocContext.SetExecutable(string)"/>
    public static void SetExecutable(string path) => MultiprocContext.SetExecutable(path);

    /// <inheritdoc cref="MultiprocContext.Configure(MultiprocOptions)"/>
    public static void Configure(MultiprocOptions options) => MultiprocContext.Configure(options);

    /// <inheritdoc cref="MultiprocContext.Manager()"/>
    public static SyncManager Manager() =>
        Default.Manager();

    /// <inheritdoc cref="MultiprocContext.Pool(int?, PoolOptions?, Action?, Action?, int?)"/>
    public static ProcessPool Pool(
        int? processes = null, PoolOptions? options = null, Action? initializer = null, Action? finalizer = null, int? maxTasksPerChild = null) =>
        Default.Pool(processes, options, initializer, finalizer, maxTasksPerChild);

    /// <inheritdoc cref="MultiprocContext.Pool(int?, PoolOptions?, Func{Task}, Action?, int?)"/>
    [OverloadResolutionPriority(1)]
    public static ProcessPool Pool(
        [Optional] int? processes, [Optional] PoolOptions? options, Func<Task> initializer, Action? finalizer = null, int? maxTasksPerChild = null) =>
        Default.Pool(processes, options, initializer, finalizer, maxTasksPerChild);

    /// <inheritdoc cref="MultiprocContext.ActiveChildren()"/>
    public static IReadOnlyList<ChildProcess> ActiveChildren() =>
        Default.ActiveChildren();

    /// <inheritdoc cref="MultiprocContext.CpuCount()"/>
    public static int CpuCount() =>
        Default.CpuCount();

    /// <inheritdoc cref="MultiprocContext.UsableCpuCount()"/>
    public static int UsableCpuCount() =>
        Default.UsableCpuCount();
}
