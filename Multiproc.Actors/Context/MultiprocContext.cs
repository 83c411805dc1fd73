using Microsoft.Extensions.Logging;
using Multiproc.Processes;
using Multiproc.Processes.Leaving;
using Multiproc.Processes.Logging;

namespace Multiproc;

/// <summary>
/// Creates processes, pools, managers and shared objects with one start method. <see cref="Mp"/> has the same members for the default start method.
/// </summary>
/// <example>
/// <code>
/// var context = Mp.GetContext(StartMethod.ForkServer);
/// using var pool = context.Pool(4);
/// </code>
/// </example>
public sealed partial class MultiprocContext : IObjectSpace
{
    /// <summary>Gets the settings in effect; <see cref="Configure"/> changes them.</summary>
    public static MultiprocOptions Options => Settings.Current;

    /// <summary>Applies settings to everything that is created from now on in this process, and to children that start from now on.</summary>
    /// <param name="options">The settings.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    /// <exception cref="SerializationException">
    /// A reducer or the warm-up action cannot be sent, or belongs to an assembly that a new process cannot load, such as a plug-in.
    /// </exception>
    public static void Configure(MultiprocOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        Settings.Set(options);
    }

    /// <summary>
    /// Gets the program's log. The records of all its processes are written by the main process; the order of the records of each process is kept.
    /// Nothing is logged before <see cref="LogToStderr"/> or <see cref="LogTo"/> is called.
    /// </summary>
    /// <returns>A thread-safe logger.</returns>
    public static ILogger GetLogger() => MultiprocLogger.Instance;

    /// <summary>Writes the log to stderr, each record as <c>[LEVEL/ProcessName] message</c>. Children that start from now on log too.</summary>
    /// <param name="level">The lowest level that is logged; default Information.</param>
    /// <returns>The logger.</returns>
    public static ILogger LogToStderr(LogLevel level = LogLevel.Information)
    {
        ProcessLog.Current.ToStderr(level);
        return MultiprocLogger.Instance;
    }

    /// <summary>Writes the log to a logger of the program. Each record has the name and id of its process as the properties Process and Pid.</summary>
    /// <param name="logger">Receives the records of all processes, one at a time.</param>
    /// <param name="level">The lowest level that is logged; default Information.</param>
    public static void LogTo(ILogger logger, LogLevel level = LogLevel.Information)
    {
        ArgumentNullException.ThrowIfNull(logger);
        ProcessLog.Current.To(logger, level);
    }

    /// <summary>
    /// Runs a child of a program that is published as a single file or with its own runtime. Such a program runs itself for its children, and a startup hook
    /// takes each child before Main, so this call is needed only where <c>StartupHookSupport</c> is turned off: as the first line of Main. In a child it does
    /// not return, elsewhere it does nothing.
    /// </summary>
    /// <param name="args">The arguments of Main.</param>
    public static void FreezeSupport(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        FrozenApp.Support(args);
    }

    /// <summary>
    /// Gets a temporary folder of this process, created at the first call. It is removed with its contents as the last step of the process's end; the folder
    /// of a killed process is removed when the next program of this user starts. Meant for small files, since the folder may be in memory.
    /// </summary>
    /// <returns>The path; the same for each call.</returns>
    /// <exception cref="MultiprocException">Other users have access to the folder in which it would be created.</exception>
    public static string GetTempDir() => TemporaryFolder.Path;

    /// <summary>Sets the program that runs children: another <c>dotnet</c>, or another copy of a single-file program.</summary>
    /// <param name="path">The path of the program.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public static void SetExecutable(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        HostCommand.SetExecutable(path);
    }

    /// <summary>Starts a manager: a server process whose objects outlive the processes that use them.</summary>
    /// <returns>The manager. Disposing it ends its process and its objects.</returns>
    /// <exception cref="ProcessStartException">The server process could not be started.</exception>
    public SyncManager Manager() =>
        SyncManager.Launch();

    /// <summary>Gets the running children of this process.</summary>
    /// <returns>A new list.</returns>
    public IReadOnlyList<ChildProcess> ActiveChildren() =>
        Children.Current.Snapshot();

    /// <summary>Gets the number of processors of this machine.</summary>
    /// <returns>The number, at least 1.</returns>
    public int CpuCount() =>
        Environment.ProcessorCount;

    /// <summary>Gets the number of processors that this process may use.</summary>
    /// <returns>The number, at least 1.</returns>
    public int UsableCpuCount() =>
        Environment.ProcessorCount;
}
