using System.Diagnostics;
using Multiproc.Nodes;
using Multiproc.Processes;
using Multiproc.Processes.Logging;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// A method that runs in a process of its own. Make one with <see cref="Mp"/>'s Process methods, or derive from this class,
/// put what the child needs into fields that can be sent, and override <see cref="Run"/>.
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

    // What a copy knows of itself that arrives in another process.
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

    /// <summary>For classes that override <see cref="Run"/>.</summary>
    /// <param name="name">The name of the process; by default the class's name and a number.</param>
    /// <param name="daemon">Whether it is ended when this process ends; by default as this process itself.</param>
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

    /// <summary>What the process is called in messages and logs, as "Process-1".</summary>
    public string Name
    {
        get => _name!;
        set => _name = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>Whether it is ended when this process ends normally; otherwise it is waited for. Default: as this process.</summary>
    /// <exception cref="InvalidOperationException">Set after the start.</exception>
    public bool Daemon
    {
        get => _daemon;
        set
        {
            RequireNotStarted(nameof(Daemon));
            _daemon = value;
        }
    }

    /// <summary>What the process may use, and how it begins and ends.</summary>
    /// <exception cref="InvalidOperationException">Set after the start.</exception>
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
    /// A copy of the key by which the process and its children prove themselves to managers and listeners; by default this process's own. A child that is
    /// given another
    /// one uses and passes on the objects of its program like any other; it is not handed the keys of managers on other machines.
    /// </summary>
    /// <exception cref="InvalidOperationException">Set after the start.</exception>
    /// <exception cref="ArgumentException">An empty key is set.</exception>
    public ReadOnlyMemory<byte> AuthKey
    {
        get => _authKey?.AsSpan().ToArray() ?? ProcessKey.Current.Bytes.ToArray();
        set
        {
            RequireNotStarted(nameof(AuthKey));
            _authKey = value.IsEmpty ? throw new ArgumentException("An authentication key must not be empty.", nameof(value)) : value.ToArray();
        }
    }

    /// <summary>The process id; null before the start. In <see cref="Run"/> that of the process itself.</summary>
    /// <exception cref="ObjectDisposedException">It was closed.</exception>
    public int? Pid => _runsHere ? Environment.ProcessId : Checked()._session is null ? null : ResolvedPid();

    /// <summary>Null while it runs (or is not started); 0 after a normal end, 1 after an unhandled exception, -N when signal N ended it.</summary>
    /// <exception cref="ObjectDisposedException">It was closed.</exception>
    /// <exception cref="InvalidOperationException">Another process made it, and it is not the one that asks.</exception>
    public int? ExitCode => !_runsHere && Checked().RequireCreator(nameof(ExitCode))._exited.Task.IsCompletedSuccessfully ? _exited.Task.Result : null;

    /// <summary>Whether it was started and has not ended.</summary>
    /// <exception cref="ObjectDisposedException">It was closed.</exception>
    /// <exception cref="InvalidOperationException">Another process made it, and it is not the one that asks.</exception>
    public bool IsAlive => _runsHere || (Checked().RequireCreator(nameof(IsAlive))._session is not null && !_exited.Task.IsCompleted);

    /// <summary>Ends with the exit code when the process has ended, and all that it sent has arrived.</summary>
    /// <exception cref="InvalidOperationException">Another process made it.</exception>
    public Task<int> Exited => RequireCreator(nameof(Exited))._exited.Task;

    /// <summary>A handle that is set when the process has ended and stays so. It belongs to this object.</summary>
    /// <exception cref="InvalidOperationException">Not started yet.</exception>
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

    /// <summary>Starts the process and returns; the target and its arguments are sent at once.</summary>
    /// <exception cref="InvalidOperationException">
    /// Started before, or by a daemon, or by another process than the one that made it; or <see cref="Run"/> is <c>async void</c>.
    /// </exception>
    /// <exception cref="SerializationException">
    /// The target or an argument cannot be sent, or is of an assembly that a new process does not have, as plug-ins are; the message names the path to it.
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
            throw new InvalidOperationException($"{GetType()}.Run is async and gives no Task: the process would end at its first await. Wait in it: WorkAsync().GetAwaiter().GetResult().");
        }

        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException($"{Name} was started before: a process can be started only once.");
        }

        var method = _method ?? StartMethodChoice.Program.Use();
        IReadOnlyList<IDisposable>? consigned = null;
        try
        {
            // Everything that can be wrong with the work shows here, before there is a process.
            var start = new ChildStart(
                Name, _processPath!, _daemon, current.Name, current.Pid, _authKey ?? ProcessKey.Current.Bytes, ProgramKey(), WorkingDirectory(),
                Culture ?? CultureTravel.OfThisThread(), method, ProcessLog.Current.Level, Settings.ForChildren,
                Node.Current.Keys.Pack(withFar: _authKey is null), Serializer.PackConsigning(_work!, forNewProcess: method != StartMethod.InProcess, out consigned));
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
    /// <param name="cancellation">Gives up waiting; the process goes on.</param>
    /// <returns>True when it has ended, false when the time ran out.</returns>
    /// <exception cref="InvalidOperationException">Not started yet.</exception>
    /// <exception cref="ProcessStartException">The host ended before it ran any of the program's code; its stderr is in the message.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public bool Join(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        RequireJoinable(nameof(Join));
        bool ended = _exited.Task.Ends(timeout, cancellation);
        ThrowIfNotBooted(ended);
        return ended;
    }

    /// <summary>The same as <see cref="Join"/>, without a blocked thread.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting; the process goes on.</param>
    /// <returns>True when it has ended, false when the time ran out.</returns>
    /// <exception cref="InvalidOperationException">Not started yet.</exception>
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
    /// Asks the process to end: SIGTERM, exit code -15. Its target's token fires, its handlers of the exit run, its own children are terminated. When
    /// <see cref="ProcessOptions.TerminationGrace"/> has passed it is killed. Returns at once; nothing happens when it has ended.
    /// </summary>
    /// <exception cref="InvalidOperationException">Not started yet.</exception>
    public void Terminate()
    {
        Checked().RequireStarted(nameof(Terminate));
        Resolve().Terminate(_options.TerminationGrace);
    }

    /// <summary>
    /// Asks the process to stop what it does: SIGINT, what Ctrl-C is. A target that takes a token, or looks at
    /// <see cref="CurrentProcess.Cancellation"/>, is cancelled; any other process ends, with exit code -2. Nothing happens when it has ended.
    /// </summary>
    /// <exception cref="InvalidOperationException">Not started yet.</exception>
    public void Interrupt()
    {
        Checked().RequireStarted(nameof(Interrupt));
        Resolve().Interrupt();
    }

    /// <summary>Ends the process at once: SIGKILL, exit code -9. Nothing happens when it has ended.</summary>
    /// <exception cref="InvalidOperationException">Not started yet.</exception>
    public void Kill()
    {
        Checked().RequireStarted(nameof(Kill));
        Resolve().Kill();
    }

    /// <summary>Lets go of an ended process; all but its name is refused afterwards. May be called again.</summary>
    /// <exception cref="InvalidOperationException">It still runs: end it or join it first.</exception>
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
    /// Ends the process if it runs, waits for that, and lets go of it. A child of <see cref="StartMethod.InProcess"/> is terminated instead, and left
    /// alone when its target does not observe that within <see cref="ProcessOptions.TerminationGrace"/>.
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

    /// <summary>Ends the process if it runs, waits for that without blocking, and lets go of it.</summary>
    /// <returns>A task that ends when the process has ended.</returns>
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

    /// <summary>Name, pid and state, as Python's repr().</summary>
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

    /// <summary>What the child does; overridden by subclasses. Runs in the child, on its main thread.</summary>
    protected virtual void Run()
    {
    }
}
