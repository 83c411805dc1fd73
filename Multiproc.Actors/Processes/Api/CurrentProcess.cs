using Multiproc.Nodes;
using Multiproc.Processes;

namespace Multiproc;

/// <summary>
/// Describes the process that this code runs in: the program itself, or a child started by Multiproc. Get it from <see cref="Mp.CurrentProcess"/>.
/// </summary>
/// <example>
/// <code>
/// Console.WriteLine($"{Mp.CurrentProcess.Name} has pid {Mp.CurrentProcess.Pid}");
/// </code>
/// </example>
public sealed class CurrentProcess
{
    private static readonly CurrentProcess s_main = new("MainProcess", "", daemon: false, parent: null);
    private static CurrentProcess s_process = s_main;

    /// <summary>Null until the first child on a thread: they are rare, and other programs need not pay for the lookup.</summary>
    private static AsyncLocal<CurrentProcess?>? s_onThread;

    private readonly CancellationTokenSource _cancellation = new();
    private readonly ManualResetEventSlim _targetEnded = new();
    private int _children;
    private int _observes;
    private int _ending;

    internal CurrentProcess(string name, string processPath, bool daemon, ParentProcess? parent)
    {
        Name = name;
        ProcessPath = processPath;
        Daemon = daemon;
        Parent = parent;
    }

    /// <summary>Gets or sets the name of the process: "MainProcess" in the program itself, in a child the name given by its parent.</summary>
    public string Name { get; set; }

    /// <summary>Gets the process id of the operating system.</summary>
    public int Pid => Environment.ProcessId;

    /// <summary>Always true, since the process that runs this code is alive.</summary>
    public bool IsAlive => true;

    /// <summary>Always null, since this process has not ended.</summary>
    public int? ExitCode => null;

    /// <summary>Gets whether this process is a daemon: it is terminated when its parent ends, and cannot have children.</summary>
    public bool Daemon { get; }

    /// <summary>
    /// Gets a token that fires when this child is asked to end (<see cref="ChildProcess.Terminate"/>) or to stop its work
    /// (<see cref="ChildProcess.Interrupt"/>). Once it has been read, such a request waits for the target to return. Never fires in the main process.
    /// </summary>
    public CancellationToken Cancellation
    {
        get
        {
            ObserveCancellation();
            return _cancellation.Token;
        }
    }

    /// <summary>Gets a copy of, or sets, the key with which this process authenticates to managers and listeners. Children inherit it.</summary>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public ReadOnlyMemory<byte> AuthKey
    {
        get => ProcessKey.Current.Bytes.ToArray();
        set => ProcessKey.Current.Set(value.Span);
    }

    internal static CurrentProcess Instance => s_onThread?.Value ?? s_process;

    internal ParentProcess? Parent { get; }

    /// <summary>The numbers of the ancestors and of this process, such as "2:1"; empty in the main process.</summary>
    internal string ProcessPath { get; }

    /// <summary>Whether this process was asked to end or to stop its work.</summary>
    internal bool IsEnding => _ending != 0;

    internal bool IsTerminating => _ending == ExitStatus.Terminated;

    /// <summary>
    /// The exit code after the target has returned: 0, also after an interruption, which the target has then handled; after a termination the code of that.
    /// </summary>
    internal int ExitCodeAfterReturn => IsTerminating ? ExitCodeAfterCancellation : 0;

    /// <summary>The exit code for a signal by the convention of shells and .NET, which the parent decodes.</summary>
    internal int ExitCodeAfterCancellation => 128 + _ending;

    /// <summary>Makes this the current process: of the whole process, or of this thread and the threads and tasks that it starts.</summary>
    internal void Become(bool ownsProcess)
    {
        if (ownsProcess)
        {
            s_process = this;
            return;
        }

        Interlocked.CompareExchange(ref s_onThread, new AsyncLocal<CurrentProcess?>(), null);
        s_onThread.Value = this;
    }

    internal ParentProcess RequireParent() =>
        Parent ?? throw new InvalidOperationException("This process was not started by Multiproc: it has no parent to talk to.");

    internal string NextProcessPath()
    {
        int number = Interlocked.Increment(ref _children);
        return ProcessPath.Length == 0 ? $"{number}" : $"{ProcessPath}:{number}";
    }

    /// <summary>Makes later requests to end, signals of other processes included, fire the token and wait for the target.</summary>
    internal void ObserveCancellation()
    {
        if (Parent is not null && Interlocked.Exchange(ref _observes, 1) == 0 && ReferenceEquals(this, s_process))
        {
            ChildSignals.Listen(this);
        }
    }

    internal void OnTargetEnded() => _targetEnded.Set();

    /// <summary>Handles the parent's request to end.</summary>
    internal void Terminate()
    {
        if (ReferenceEquals(this, s_process))
        {
            ChildSignals.Listen(this);
            ChildSignals.Raise(ExitStatus.Terminated);
        }
        else
        {
            OnTerminate();
        }
    }

    /// <summary>Handles the parent's request to stop the work.</summary>
    internal void Interrupt()
    {
        if (ReferenceEquals(this, s_process))
        {
            ChildSignals.Raise(ExitStatus.Interrupted);
        }
        else
        {
            OnInterrupt();
        }
    }

    /// <summary>
    /// Handles SIGTERM: waits for a target that observes the token (the parent kills the process if that takes too long), then runs the exit handlers.
    /// </summary>
    internal void OnTerminate()
    {
        Interlocked.Exchange(ref _ending, ExitStatus.Terminated);
        FireToken();
        if (!ReferenceEquals(this, s_process))
        {
            return;
        }

        if (Volatile.Read(ref _observes) != 0)
        {
            _targetEnded.Wait();
        }

        Environment.Exit(ExitCodeAfterCancellation);
    }

    /// <summary>Handles SIGINT. Returns false if nothing observes the token; the signal then has its default effect.</summary>
    internal bool OnInterrupt()
    {
        if (Volatile.Read(ref _observes) == 0)
        {
            return false;
        }

        Interlocked.CompareExchange(ref _ending, ExitStatus.Interrupted, 0);
        FireToken();
        return true;
    }

    // A registered callback that throws must not keep the process from ending.
    private void FireToken() => UserCode.CancelNow(_cancellation, $"A callback of the token of {Name}");
}
