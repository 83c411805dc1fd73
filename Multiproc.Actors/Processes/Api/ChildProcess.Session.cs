using Microsoft.Extensions.Logging;
using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Processes;
using Multiproc.Processes.Logging;
using Multiproc.SharedMemory;
using Multiproc.States;

namespace Multiproc;

/// <content>The parent's side: the session with the host, its end, and what the library itself needs of it.</content>
public partial class ChildProcess
{
    internal void RunInChild()
    {
        _runsHere = true;
        Run();
    }

    /// <summary>What the process wrote to stderr last, as far as it is known.</summary>
    internal string StderrTail() => _session?.Process.StderrTail() ?? "";

    /// <summary>Waits until the server in the child reports that it can be asked.</summary>
    /// <exception cref="ProcessStartException">It ended before, or did not report in time.</exception>
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

    /// <summary>As <see cref="AwaitReady"/>, without holding a thread.</summary>
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

    /// <summary>It has been told to end by itself, if it is still at what it was told of.</summary>
    internal void ExpectEnd() => _endIsExpected = true;

    internal Peer StartedPeer => _session!.Process.Peer;

    /// <summary>Ended with this process although it is not a daemon: a server that nobody else can want.</summary>
    internal bool EndsWithParent { get; init; }

    internal SpawnOptions SpawnOptions { get; init; } = new();

    /// <summary>Called with the peer before its first message is read: where services are bound.</summary>
    internal Action<Peer>? Connecting { get; init; }

    /// <summary>The cultures that it begins with, as <see cref="CultureTravel"/> packs them; null: those of the thread that starts it.</summary>
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
        // Whole, since a warm host works elsewhere; and looked at here, where somebody can still be told.
        if (_options.WorkingDirectory is not { } given)
        {
            return WorkingFolder.Current;
        }

        string wanted = Whole(given);
        if (!Directory.Exists(wanted))
        {
            throw new ProcessStartException($"{Name} cannot work in {wanted}: there is no such folder. Make it before the start, or set another WorkingDirectory.");
        }

        return WorkingFolder.MayEnter(wanted)
            ? wanted
            : throw new ProcessStartException($"{Name} cannot work in {wanted}: the user of this process may not enter it. Give it the right to (chmod u+x), or set another WorkingDirectory.");
    }

    private string Whole(string given)
    {
        try
        {
            return Path.GetFullPath(given);
        }
        catch (IOException gone)
        {
            throw new ProcessStartException($"{Name} cannot work in {given}: the folder in which this process works is gone, and with it what {given} stands for. Give WorkingDirectory as a whole path.", gone);
        }
    }

    private void Launch(StartMethod method, ChildStart start, HostCommand? host)
    {
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
        }

        try
        {
            // Before its end is looked at: that depends on whether it was given something.
            session.Run(start);
        }
        finally
        {
            _ = session.Process.Exited.ContinueWith(OnExited, TaskScheduler.Default);
        }
    }

    private SpawnOptions HostOptions => SpawnOptions with { Process = _options, KeepStderrTail = SpawnOptions.KeepStderrTail || _options.KeepStderr };

    /// <summary>What the child was sent and had not fetched when it ended goes with it.</summary>
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

            // Whoever waits for what the child was to do, and not for the child, must see this too.
            StandardStreams.Complain(_startFailure.Message);
        }

        Report(status);

        // Who joins a process finds its records in the log.
        ProcessLog.Current.AfterPending(() =>
        {
            Children.Current.Remove(this);
            _exited.TrySetResult(status.Code);
        });
    }

    /// <summary>What the runtime says of a system that gives it too little is a number.</summary>
    private static string AdviceOn(string stderr) => stderr.Contains("0x80070008", StringComparison.Ordinal) || stderr.Contains("0x8007000E", StringComparison.Ordinal)
        ? " (The system gave it too few threads or too little memory: raise the limits on processes, ulimit -u and the pids limit of the container, and on memory, ulimit -v; "
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
            log.Report(LogLevel.Warning, LogEvents.ProcessFailed, $"{Name} (pid {_session.Process.Pid}) ended with {status}{(stderr.Length == 0 ? "" : $"; its last lines on stderr: {stderr}")}");
        }
    }

    private void ThrowIfNotBooted(bool ended)
    {
        if (ended && _startFailure is not null)
        {
            throw _startFailure;
        }
    }

    /// <summary>What ends at once ends for sure; a thread may not.</summary>
    internal WaitTimeout EndBound => _session!.Process.CanKill ? WaitTimeout.Infinite : _options.TerminationGrace;

    /// <summary>Ends it as hard as it can be ended.</summary>
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
        return !_closed ? this : throw new ObjectDisposedException(Name, $"{Name} was closed: read what you need of it before Close or Dispose.");
    }

    /// <summary>Whether this arrived from elsewhere, as part of what was sent: no initializer has run.</summary>
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
            throw new InvalidOperationException($"{Name} has started already: {member} can be set only before.");
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
