using System.Diagnostics;
using Multiproc.Nodes;
using Multiproc.Processes;
using Multiproc.Processes.Logging;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// Runs a method in a process of its own: Python's <c>multiprocessing.Process</c>. Create one with the Process methods of <see cref="Mp"/>, or derive from
/// this class, put what the child needs into fields that can be sent, and override <see cref="Run"/>.
/// </summary>
/// <example>
/// <code>
/// var process = Mp.Process(Console.WriteLine, "hello from a child");
/// process.Start();
/// process.Join();
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public partial class ChildProcess : IDisposable, IAsyncDisposable
{
    [NonSerialized]
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Sent along, so that a copy in another process knows where it was created.
    private readonly int _creator = Environment.ProcessId;
    private string? _name;
    private bool _daemon;

    [NonSerialized]
    private bool _runsHere;

    [NonSerialized]
    private ChildWork? _work;

    [NonSerialized]
    private string? _processPath;

    [NonSerialized]
    private StartMethod? _method;

    [NonSerialized]
    private ProcessOptions _options = new();

    [NonSerialized]
    private byte[]? _authKey;

    [NonSerialized]
    private volatile ChildSession? _session;

    [NonSerialized]
    private ManualResetEvent? _sentinel;

    [NonSerialized]
    private ProcessStartException? _startFailure;

    [NonSerialized]
    private int _started;

    [NonSerialized]
    private volatile bool _endIsExpected;

    [NonSerialized]
    private volatile bool _closed;

    /// <summary>Initializes a class that overrides <see cref="Run"/>.</summary>
    /// <param name="name">The name of the process; by default the name of the class and a number.</param>
    /// <param name="daemon">Whether the process is terminated when this one ends; null (the default) for the same as this process.</param>
    protected ChildProcess(string? name = null, bool? daemon = null)
    {
        _work = new SubclassWork(this);
        Initialize(name, daemon);
    }

    internal ChildProcess(ChildWork work, string? name, bool? daemon, ProcessOptions? options = null, StartMethod? method = null)
    {
        _work = work;
        _method = method;
        Options = options ?? _options;
        Initialize(name, daemon);
    }

    /// <summary>Gets or sets the name of the process in messages and logs, such as "Process-1".</summary>
    public string Name
    {
        get => _name!;
        set => _name = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>
    /// Gets or sets whether the process is terminated when this one ends normally; otherwise this one waits for it. By default the same as this process.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is set after the start.</exception>
    public bool Daemon
    {
        get => _daemon;
        set
        {
            RequireNotStarted(nameof(Daemon));
            _daemon = value;
        }
    }

    /// <summary>Gets or sets the limits and the environment of the process.</summary>
    /// <exception cref="InvalidOperationException">It is set after the start.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public ProcessOptions Options
    {
        get => RequireCreator(nameof(Options))._options;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            RequireNotStarted(nameof(Options));
            value.Validate();
            _options = value;
        }
    }

    /// <summary>
    /// Gets a copy of, or sets, the key with which the process and its children authenticate to managers and listeners; by default this process's key. A child
    /// with another key can still use and pass on the objects of its program, but does not receive the keys of managers on other machines.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is set after the start.</exception>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public ReadOnlyMemory<byte> AuthKey
    {
        get => _authKey?.AsSpan().ToArray() ?? ProcessKey.Current.Bytes.ToArray();
        set
        {
            RequireNotStarted(nameof(AuthKey));
            _authKey = value.IsEmpty ? throw new ArgumentException("An authentication key must not be empty.", nameof(value)) : value.ToArray();
        }
    }

    /// <summary>Gets the process id; null before the start. In <see cref="Run"/> it is the id of the running process.</summary>
    /// <exception cref="ObjectDisposedException">The object was closed.</exception>
    public int? Pid => _runsHere ? Environment.ProcessId : Checked()._session is null ? null : ResolvedPid();

    /// <summary>
    /// Gets the exit code: 0 after a normal end, 1 after an unhandled exception, -N if signal N ended the process; null before the start and while it runs.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The object was closed.</exception>
    /// <exception cref="InvalidOperationException">The object was created in another process, and is not the running process itself.</exception>
    public int? ExitCode => !_runsHere && Checked().RequireCreator(nameof(ExitCode))._exited.Task.IsCompletedSuccessfully ? _exited.Task.Result : null;

    /// <summary>Gets whether the process was started and has not ended.</summary>
    /// <exception cref="ObjectDisposedException">The object was closed.</exception>
    /// <exception cref="InvalidOperationException">The object was created in another process, and is not the running process itself.</exception>
    public bool IsAlive => _runsHere || (Checked().RequireCreator(nameof(IsAlive))._session is not null && !_exited.Task.IsCompleted);

    /// <summary>Gets a task that completes with the exit code when the process has ended and everything that it sent has arrived.</summary>
    /// <exception cref="InvalidOperationException">The object was created in another process.</exception>
    public Task<int> Exited => RequireCreator(nameof(Exited))._exited.Task;

    /// <summary>Gets a wait handle that is set, and stays set, when the process has ended. This object owns it: do not dispose it.</summary>
    /// <exception cref="InvalidOperationException">The process has not been started.</exception>
    public WaitHandle Sentinel
    {
        get
        {
            Checked().RequireStarted(nameof(Sentinel));
            if (_sentinel is null)
            {
                var sentinel = new ManualResetEvent(initialState: false);
                if (Interlocked.CompareExchange(ref _sentinel, sentinel, null) is null)
                {
                    _ = _exited.Task.ContinueWith(_ => sentinel.Set(), TaskScheduler.Default);
                }
                else
                {
                    sentinel.Dispose();
                }
            }

            return _sentinel;
        }
    }

    /// <summary>Starts the process and returns without waiting for the target. The target and its arguments are serialized before it returns.</summary>
    /// <exception cref="InvalidOperationException">
    /// The process was started before; this process is a daemon, or did not create the object; or <see cref="Run"/> is <c>async void</c>.
    /// </exception>
    /// <exception cref="SerializationException">
    /// The target or an argument cannot be sent, or belongs to an assembly that a new process cannot load, such as a plug-in; the message names the path to it.
    /// </exception>
    /// <exception cref="ProcessStartException">The system could not start a host.</exception>
    public void Start() => StartWith(null);

    internal void StartWith(HostCommand? host)
    {
        Checked().RequireCreator(nameof(Start));

        var current = CurrentProcess.Instance;
        if (current.Daemon)
        {
            throw new InvalidOperationException($"{current.Name} is a daemon: daemonic processes are not allowed to have children.");
        }

        if (_work is SubclassWork && AsyncVoid.Is((Action)Run))
        {
            throw new InvalidOperationException($"{GetType()}.Run is async but returns no Task: the process would end at its first await. Block in it "
                + "instead: WorkAsync().GetAwaiter().GetResult().");
        }

        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException($"{Name} was started before: a process can be started only once.");
        }

        var method = _method ?? StartMethodChoice.Program.Use();
        IReadOnlyList<IDisposable>? consigned = null;
        try
        {
            // Serialization errors surface here, before there is a process.
            var start = new ChildStart(
                Name, _processPath!, _daemon, current.Name, current.Pid, _authKey ?? ProcessKey.Current.Bytes, ProgramKey(), WorkingDirectory(),
                Culture ?? CultureTravel.OfThisThread(), method, ProcessLog.Current.Level, _options.WaitForDebugger, Settings.ForChildren,
                Node.Current.Keys.Pack(withFar: _authKey is null),
                _work is PackedWork ready
                    ? ready.Packed
                    : Serializer.PackConsigning(_work!, forNewProcess: method != StartMethod.InProcess, out consigned));
            Launch(method, start, host);
        }
        catch
        {
            TakeBack(consigned);
            Volatile.Write(ref _started, 0);
            throw;
        }

        _work = null;
        if (consigned is not null)
        {
            TakeBackWithTheChild(consigned);
        }
    }

    private ReadOnlyMemory<byte> ProgramKey() => _authKey is null && ProcessKey.Current.IsOfProgram ? default : ProcessKey.Current.Program;

    /// <summary>Waits until the process has ended.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Stops waiting; the process keeps running.</param>
    /// <returns>True if the process has ended, false if the timeout passed.</returns>
    /// <exception cref="InvalidOperationException">The process has not been started.</exception>
    /// <exception cref="ProcessStartException">The host ended before it ran any of the program's code; its stderr is in the message.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public bool Join(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        RequireJoinable(nameof(Join));
        bool ended = _exited.Task.Ends(timeout, cancellation);
        ThrowIfNotBooted(ended);
        return ended;
    }

    /// <summary>Waits asynchronously until the process has ended.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Stops waiting; the process keeps running.</param>
    /// <returns>True if the process has ended, false if the timeout passed.</returns>
    /// <exception cref="InvalidOperationException">The process has not been started.</exception>
    /// <exception cref="ProcessStartException">The host ended before it ran any of the program's code; its stderr is in the message.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public async ValueTask<bool> JoinAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        RequireJoinable(nameof(JoinAsync));
        bool ended = await _exited.Task.EndsAsync(timeout, cancellation).ConfigureAwait(false);
        ThrowIfNotBooted(ended);
        return ended;
    }

    /// <summary>
    /// Asks the process to end (SIGTERM, exit code -15) and returns at once. The token of its target fires, its exit handlers run, its own children are
    /// terminated. It is killed when <see cref="ProcessOptions.TerminationGrace"/> has passed. Does nothing if it has ended.
    /// </summary>
    /// <exception cref="InvalidOperationException">The process has not been started.</exception>
    public void Terminate()
    {
        Checked().RequireStarted(nameof(Terminate));
        Resolve().Terminate(_options.TerminationGrace);
    }

    /// <summary>
    /// Asks the process to stop its work (SIGINT, like Ctrl-C) and returns at once. A target that takes a token, or reads
    /// <see cref="CurrentProcess.Cancellation"/>, is cancelled; any other process ends, with exit code -2. Does nothing if it has ended.
    /// </summary>
    /// <exception cref="InvalidOperationException">The process has not been started.</exception>
    public void Interrupt()
    {
        Checked().RequireStarted(nameof(Interrupt));
        Resolve().Interrupt();
    }

    /// <summary>Kills the process immediately (SIGKILL, exit code -9). Does nothing if it has ended.</summary>
    /// <exception cref="InvalidOperationException">The process has not been started.</exception>
    public void Kill()
    {
        Checked().RequireStarted(nameof(Kill));
        Resolve().Kill();
    }

    /// <summary>Releases the resources of an ended process. Afterwards only its name can be read. May be called again.</summary>
    /// <exception cref="InvalidOperationException">The process is still running: terminate or join it first.</exception>
    public void Close()
    {
        if (!_closed && _session is not null && !_exited.Task.IsCompleted)
        {
            throw new InvalidOperationException($"Cannot close {Name} while it is still running: call Join() or Terminate() first.");
        }

        Abandon();
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Kills the process if it is running, waits for its end, and releases its resources. A child of <see cref="StartMethod.InProcess"/> is terminated instead,
    /// and abandoned if its target does not return within <see cref="ProcessOptions.TerminationGrace"/>.
    /// </summary>
    public void Dispose()
    {
        if (!_closed && _session is not null)
        {
            EndNow();
            _exited.Task.Ends(EndBound, CancellationToken.None);
        }

        Abandon();
        GC.SuppressFinalize(this);
    }

    /// <summary>Kills the process if it is running, waits asynchronously for its end, and releases its resources.</summary>
    /// <returns>A task that completes when the process has ended.</returns>
    public async ValueTask DisposeAsync()
    {
        if (!_closed && _session is not null)
        {
            EndNow();
            await _exited.Task.EndsAsync(EndBound, CancellationToken.None).ConfigureAwait(false);
        }

        Abandon();
        GC.SuppressFinalize(this);
    }

    /// <summary>Describes the process by name, pid and state, like Python's repr().</summary>
    /// <returns>For example "ChildProcess 'Process-1' pid=4711 stopped exitcode=-9 (SIGKILL)".</returns>
    public override string ToString()
    {
        string state = this switch
        {
            { _closed: true } => "closed",
            { _runsHere: true } => "started",
            { IsCopy: true } => $"of process {_creator}",
            { _session: null } => "initial",
            { _exited.Task.IsCompletedSuccessfully: true } => $"stopped {new ExitStatus(_exited.Task.Result)}",
            _ => "started",
        };
        return $"{GetType().Name} '{Name}'{(_session is null ? "" : $" pid={_session.Process.Pid}")} {state}{(_daemon ? " daemon" : "")}";
    }

    /// <summary>Runs the work of the process, in the child, on its main thread. Override it in a derived class.</summary>
    protected virtual void Run()
    {
    }
}
