using Multiproc.Nodes;
using Multiproc.Processes;

namespace Multiproc;

/// <summary>The process that this code runs in: the program's own, or a child that Multiproc started.</summary>
public sealed class CurrentProcess
{
    private static readonly CurrentProcess s_main = new("MainProcess", "", daemon: false, parent: null);
    private static CurrentProcess s_process = s_main;

    /// <summary>Children on threads are rare: until there is one, nobody pays for the look.</summary>
    private static AsyncLocal<CurrentProcess?>? s_onThread;

    private readonly CancellationTokenSource _cancellation = new();
    private readonly ManualResetEventSlim _targetEnded = new();
    private int _children;
    private int _heeds;
    private int _ending;

    internal CurrentProcess(string name, string processPath, bool daemon, ParentProcess? parent)
    {
        Name = name;
        ProcessPath = processPath;
        Daemon = daemon;
        Parent = parent;
    }

    /// <summary>"MainProcess" in the program itself, in a child the name that its parent gave it.</summary>
    public string Name { get; set; }

    /// <summary>The process id of the operating system.</summary>
    public int Pid => Environment.ProcessId;

    /// <summary>Always true: whoever asks runs.</summary>
    public bool IsAlive => true;

    /// <summary>Always null: it has not ended.</summary>
    public int? ExitCode => null;

    /// <summary>Whether this process is ended when its parent ends; such a process has no children of its own.</summary>
    public bool Daemon { get; }

    /// <summary>
    /// Fires when this child is asked to end (<see cref="ChildProcess.Terminate"/>) or to stop what it does (<see cref="ChildProcess.Interrupt"/>). Who
    /// looks at it is waited for. Never fires in the main process.
    /// </summary>
    public CancellationToken Cancellation
    {
        get
        {
            ObserveCancellation();
            return _cancellation.Token;
        }
    }

    /// <summary>A copy of the key that proves to other processes of this program who we are. Children inherit it.</summary>
    /// <exception cref="ArgumentException">An empty key is set.</exception>
    public ReadOnlyMemory<byte> AuthKey
    {
        get => ProcessKey.Current.Bytes.ToArray();
        set => ProcessKey.Current.Set(value.Span);
    }

    internal static CurrentProcess Instance => s_onThread?.Value ?? s_process;

    internal ParentProcess? Parent { get; }

    /// <summary>The numbers of the ancestors and our own, as "2:1"; empty in the main process.</summary>
    internal string ProcessPath { get; }

    /// <summary>Whether it was asked to end or to stop.</summary>
    internal bool IsEnding => _ending != 0;

    internal bool IsTerminating => _ending == ExitStatus.Terminated;

    /// <summary>A target that returned after an interruption has dealt with it; after a termination the process says that it was terminated.</summary>
    internal int ExitCodeAfterReturn => IsTerminating ? ExitCodeAfterCancellation : 0;

    /// <summary>The shell's and the framework's way to tell a signal in an exit code; the parent reads it so.</summary>
    internal int ExitCodeAfterCancellation => 128 + _ending;

    /// <summary>Makes this the process that the code runs in: for the whole process, or for this thread and what it starts.</summary>
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

    /// <summary>From now on a request to end fires the token and waits for the target, also when it comes as a signal from elsewhere.</summary>
    internal void ObserveCancellation()
    {
        if (Parent is not null && Interlocked.Exchange(ref _heeds, 1) == 0 && ReferenceEquals(this, s_process))
        {
            ChildSignals.Listen(this);
        }
    }

    internal void OnTargetEnded() => _targetEnded.Set();

    /// <summary>The parent wants this process to end.</summary>
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

    /// <summary>The parent wants this process to stop what it does.</summary>
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

    /// <summary>SIGTERM: a target that observes the token is waited for - its parent kills it when that takes too long - then the handlers of the exit run.</summary>
    internal void OnTerminate()
    {
        Interlocked.Exchange(ref _ending, ExitStatus.Terminated);
        FireToken();
        if (!ReferenceEquals(this, s_process))
        {
            return;
        }

        if (Volatile.Read(ref _heeds) != 0)
        {
            _targetEnded.Wait();
        }

        Environment.Exit(ExitCodeAfterCancellation);
    }

    /// <summary>SIGINT. False when nobody observes the token: then the signal does what it always does.</summary>
    internal bool OnInterrupt()
    {
        if (Volatile.Read(ref _heeds) == 0)
        {
            return false;
        }

        Interlocked.CompareExchange(ref _ending, ExitStatus.Interrupted, 0);
        FireToken();
        return true;
    }

    // A callback of the program that throws must not keep the process from ending as it was asked to.
    private void FireToken() => UserCode.CancelNow(_cancellation, $"A callback of the token of {Name}");
}
