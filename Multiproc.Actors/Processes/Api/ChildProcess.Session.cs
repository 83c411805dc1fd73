using Microsoft.Extensions.Logging;
using Multiproc.Peers;
using Multiproc.Processes;
using Multiproc.Processes.Logging;
using Multiproc.Processes.Views;
using Multiproc.SharedMemory;

namespace Multiproc;

/// <content>The parent's side: the session with the host, its end, and members for the library itself.</content>
public partial class ChildProcess
{
    internal void RunInChild()
    {
        _runsHere = true;
        Run();
    }

    /// <summary>Gets the last lines that the process wrote to stderr, as far as they are known.</summary>
    internal string StderrTail() => _session?.Process.StderrTail() ?? "";

    /// <summary>Gets whether it is a process, and not a thread of this one.</summary>
    internal bool HasOwnProcess => _session is { Process.CanKill: true };

    /// <summary>Has the child look at itself and its children; null if it did not tell in time, or has ended.</summary>
    internal Task<ProgramView?> LookAsync(TimeSpan patience) => _session!.LookAsync(patience);

    /// <summary>Waits until the server in the child reports that it is ready for requests.</summary>
    /// <exception cref="ProcessStartException">The child ended before it was ready, or did not report in time.</exception>
    internal void AwaitReady(WaitTimeout timeout)
    {
        ChildSession session;
        do
        {
            session = _session!;
            RequireInTime(session.Ready.Ends(timeout, CancellationToken.None), timeout);
        }
        while (!session.Ready.Result && WasReplaced(session));
        RequireReady(session);
    }

    /// <summary>Waits asynchronously until the server in the child reports that it is ready for requests.</summary>
    internal async ValueTask AwaitReadyAsync(WaitTimeout timeout, CancellationToken cancellation)
    {
        ChildSession session;
        do
        {
            session = _session!;
            RequireInTime(await session.Ready.EndsAsync(timeout, cancellation).ConfigureAwait(false), timeout);
        }
        while (!session.Ready.Result && WasReplaced(session));
        RequireReady(session);
    }

    private void RequireInTime(bool inTime, WaitTimeout timeout)
    {
        if (!inTime)
        {
            throw new ProcessStartException($"{Name} did not report that it is ready within {timeout}.");
        }
    }

    private void RequireReady(ChildSession session)
    {
        if (!session.Ready.Result)
        {
            string reason = session.FaultAtStart ?? (StderrTail() is { Length: > 0 } said ? said : "What it wrote to stderr says why.");
            throw _startFailure ?? new ProcessStartException($"{Name} ended with {new ExitStatus(_exited.Task.Result)} before it was ready. {reason}");
        }
    }

    /// <summary>Notes that the child was asked to end by itself, so that its end is no surprise.</summary>
    internal void ExpectEnd() => _endIsExpected = true;

    internal Peer StartedPeer => _session!.Process.Peer;

    /// <summary>Whether the child ends with this process although it is not a daemon: a server that nobody else can use.</summary>
    internal bool EndsWithParent { get; init; }

    internal SpawnOptions SpawnOptions { get; init; } = new();

    /// <summary>Called with the peer before its first message is read, to bind services.</summary>
    internal Action<Peer>? Connecting { get; init; }

    /// <summary>The initial cultures of the child, packed by <see cref="CultureTravel"/>; null for those of the thread that starts it.</summary>
    internal Serialization.Payload? Culture { get; init; }

    private void Initialize(string? name, bool? daemon)
    {
        var current = CurrentProcess.Instance;
        _processPath = current.NextProcessPath();
        _name = name ?? $"{_work!.NamePrefix}-{_processPath}";
        _daemon = daemon ?? current.Daemon;
    }

    private string WorkingDirectory()
    {
        // An absolute path, since a warm process has another working folder; and checked here, where the caller can still be told.
        if (_options.WorkingDirectory is not { } given)
        {
            return WorkingFolder.Current;
        }

        string wanted = Whole(given);
        if (!Directory.Exists(wanted))
        {
            throw new ProcessStartException(
                $"{Name} cannot work in {wanted}: there is no such folder. Make it before the start, or set another WorkingDirectory.");
        }

        return WorkingFolder.MayEnter(wanted)
            ? wanted
            : throw new ProcessStartException(
                $"{Name} cannot work in {wanted}: the user of this process may not enter it. Give it the right to (chmod u+x), or set another "
                + "WorkingDirectory.");
    }

    private string Whole(string given)
    {
        try
        {
            return Path.GetFullPath(given);
        }
        catch (IOException gone)
        {
            throw new ProcessStartException($"{Name} cannot work in {given}: the working folder of this process is gone, so the relative path {given} has no "
                + "meaning. Set WorkingDirectory to an absolute path.", gone);
        }
    }

    private void Launch(StartMethod method, ChildStart start, HostCommand? host)
    {
        HotReload.OnStart();
        Children.Current.BeginStart();
        ChildSession session;
        try
        {
            session = ChildSessions.Begin(method, host, HostOptions, Connecting);
            _session = session;
            Children.Current.Add(this);
        }
        finally
        {
            Children.Current.EndStart();
        }

        if (CurrentProcess.Instance.Parent is null)
        {
            RuntimeFolder.SweepInBackground();
            AtHand.Prepare();
            ViewListener.BeginInBackground();
        }

        try
        {
            // Before its end is observed, which is handled by whether it was given work.
            session.Run(start);
        }
        finally
        {
            _ = session.Process.Exited.ContinueWith(OnExited, TaskScheduler.Default);
        }
    }

    private SpawnOptions HostOptions => SpawnOptions with { Process = _options, KeepStderrTail = SpawnOptions.KeepStderrTail || _options.KeepStderr };

    /// <summary>Disposes of what was sent to the child and not yet fetched when it ended.</summary>
    private void TakeBackWithTheChild(IReadOnlyList<IDisposable> consigned)
    {
        _ = _exited.Task.ContinueWith(_ => TakeBack(consigned), TaskScheduler.Default);
    }

    private static void TakeBack(IReadOnlyList<IDisposable>? consigned)
    {
        foreach (var each in consigned ?? [])
        {
            each.Dispose();
        }
    }

    private void OnExited(Task<ExitStatus> exited)
    {
        if (TryReplace(exited.Result))
        {
            return;
        }

        var status = _session!.Status(exited.Result);
        if (!_session.HasBooted && !status.IsByRequest && !_session.EndWasAsked)
        {
            string stderr = _session.Process.StderrTail().Trim();
            _startFailure = new ProcessStartException(
                $"{Name} did not start: its host ended with {status} before it ran any of the program's code. "
                + (stderr.Length == 0 ? "It wrote nothing to stderr." : $"Its stderr: {stderr}{AdviceOn(stderr)}") + FrozenApp.Advice);

            // Also on stderr: a caller that waits for the child's results, and not for the child, must see it too.
            StandardStreams.Complain(_startFailure.Message);
        }

        Report(status);

        // After its log records are written, so that they are in the log when Join returns.
        ProcessLog.Current.AfterPending(() =>
        {
            Children.Current.Remove(this);
            _exited.TrySetResult(status.Code);
        });
    }

    /// <summary>Explains the bare error numbers by which the runtime reports a shortage of threads or memory.</summary>
    private static string AdviceOn(string stderr) =>
        stderr.Contains("0x80070008", StringComparison.Ordinal) || stderr.Contains("0x8007000E", StringComparison.Ordinal)
        ? " (The system gave it too few threads or too little memory: raise the limits on processes, ulimit -u and the pids limit of the container, and on "
            + "memory, ulimit -v; "
        + "or use fewer processes.)"
        : "";

    private void Report(ExitStatus status)
    {
        var log = ProcessLog.Current;
        if (status.Code == 0 || _session!.EndWasAsked || (_endIsExpected && status.Code == ProcessEnd.ExitCode))
        {
            log.Report(LogLevel.Debug, LogEvents.ProcessEnded, $"{Name} (pid {_session!.Process.Pid}) ended with {status}");
        }
        else if (log.IsEnabled(LogLevel.Warning))
        {
            string stderr = _session.Process.StderrTail().Trim();
            log.Report(
                LogLevel.Warning, LogEvents.ProcessFailed,
                $"{Name} (pid {_session.Process.Pid}) ended with {status}{(stderr.Length == 0 ? "" : $"; its last lines on stderr: {stderr}")}");
        }
    }

    private void ThrowIfNotBooted(bool ended)
    {
        if (ended && _startFailure is not null)
        {
            throw _startFailure;
        }
    }

    /// <summary>How long to wait for the end: a process that is killed ends for certain, a thread may not.</summary>
    internal WaitTimeout EndBound => _session!.Process.CanKill ? WaitTimeout.Infinite : _options.TerminationGrace;

    /// <summary>Kills the process; a child on a thread can only be terminated.</summary>
    private void EndNow()
    {
        var session = Resolve();
        if (session.Process.CanKill)
        {
            session.Kill();
        }
        else
        {
            session.Terminate(_options.TerminationGrace);
        }
    }

    private void Abandon()
    {
        _closed = true;
        _sentinel?.Dispose();
    }

    private ChildProcess Checked()
    {
        return !_closed ? this : throw new ObjectDisposedException(Name, $"{Name} was closed: read its properties before Close or Dispose.");
    }

    /// <summary>Whether this object was deserialized in another process, so that no field initializer has run.</summary>
    private bool IsCopy => _exited is null;

    private ChildProcess RequireCreator(string member)
    {
        if (!IsCopy && _creator == Environment.ProcessId)
        {
            return this;
        }

        throw new InvalidOperationException(_runsHere
            ? $"{Name} is this process itself: only the process that made it ({_creator}) can call {member}."
            : $"{Name} was made by process {_creator}: only that process can call {member}.");
    }

    private void RequireNotStarted(string member)
    {
        if (_started != 0)
        {
            throw new InvalidOperationException($"{Name} has already been started: {member} can be set only before Start().");
        }
    }

    private void RequireStarted(string member)
    {
        if (RequireCreator(member)._session is null)
        {
            throw new InvalidOperationException($"{Name} has not been started: call Start() before {member}.");
        }
    }

    private void RequireJoinable(string member)
    {
        Checked().RequireStarted(member);
        if (_session!.Process.IsCurrent)
        {
            throw new InvalidOperationException($"{Name} cannot join itself: it would wait for its own end.");
        }
    }
}
