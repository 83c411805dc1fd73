using Microsoft.Extensions.Logging;
using Multiproc.Processes;
using Multiproc.Processes.Logging;
using Multiproc.Transport;

namespace Multiproc;

/// <content>
/// A warm process may die in the instant in which it is handed over. It says when it begins the work, before anything of the program runs, and what it said
/// arrives before its end: so when it has ended and has not said it, the work never ran, and can be given to a new process.
/// </content>
public partial class ChildProcess
{
    private static readonly TimeSpan s_longestHandover = TimeSpan.FromSeconds(1);

    [NonSerialized]
    private readonly Lock _handover = new();

    /// <summary>Set once <see cref="_handover"/> has been asked what becomes of the warm process, for those who wait for it.</summary>
    [NonSerialized]
    private readonly TaskCompletionSource _handedOver = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>One thread at a time waits for the beginning.</summary>
    [NonSerialized]
    private readonly Lock _settling = new();

    /// <summary>No other process takes the place of this one any more.</summary>
    [NonSerialized]
    private bool _isResolved;

    /// <summary>The process id as it is now: of a warm process that has not begun it may still change.</summary>
    internal int? HostPid => _session?.Process.Pid;

    /// <summary>
    /// Who knows the number may kill by it, and expects the end of this child then: so it is told when the work has begun. A process that is stopped
    /// does not begin; it keeps the number all the same.
    /// </summary>
    private int ResolvedPid()
    {
        var session = _session!;
        if (session.Unbegun is null)
        {
            return session.Process.Pid;
        }

        lock (_settling)
        {
            if (!Reactor.InHandler)
            {
                Reactor.Current.WaitUntil(session.BegunOrEnded, s_longestHandover, CancellationToken.None);
            }

            bool mayBeReplaced = session.Unbegun is not null && session.Process.Exited.IsCompleted;
            return mayBeReplaced && !WasReplaced(session) ? session.Process.Pid : Resolve().Process.Pid;
        }
    }

    /// <summary>The session that counts: after this no other takes its place.</summary>
    private ChildSession Resolve()
    {
        lock (_handover)
        {
            _isResolved = true;
            return _session!;
        }
    }

    /// <summary>Only once: the new process is not a warm process.</summary>
    private bool TryReplace(ExitStatus status)
    {
        lock (_handover)
        {
            var dead = _session!;
            if (_isResolved || dead.Unbegun is not { } start)
            {
                _handedOver.TrySetResult();
                return false;
            }

            ProcessLog.Current.Report(
                LogLevel.Debug, LogEvents.SpareReplaced, $"{Name}: the spare host {dead.Process.Pid} ended with {status} before it had begun; a new process does its work");
            try
            {
                _session = ChildSessions.BeginFresh(null, HostOptions, Connecting);
            }
            catch (ProcessStartException failure)
            {
                _startFailure = failure;
                StandardStreams.Complain(failure.Message);
                return false;
            }
            finally
            {
                _handedOver.TrySetResult();
            }

            _session.Run(start);
            _ = _session.Process.Exited.ContinueWith(OnExited, TaskScheduler.Default);
            return true;
        }
    }

    /// <summary>Whether the work of a warm process that has ended goes on in another process.</summary>
    private bool WasReplaced(ChildSession ended)
    {
        _handedOver.Task.Wait();
        return _session != ended;
    }
}
