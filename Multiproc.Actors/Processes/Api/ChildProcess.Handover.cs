using Microsoft.Extensions.Logging;
using Multiproc.Processes;
using Multiproc.Processes.Logging;
using Multiproc.Transport;

namespace Multiproc;

/// <content>
/// Handover of work to a warm process, which may die at that moment. The warm process reports that it begins, before it runs any code of the program, and the
/// report is delivered before the end of the process. So if the process has ended without that report, the work never ran and can be given to a new process.
/// </content>
public partial class ChildProcess
{
    private static readonly TimeSpan s_longestHandover = TimeSpan.FromSeconds(1);

    [NonSerialized]
    private readonly Lock _handover = new();

    /// <summary>Completed when it has been decided, under <see cref="_handover"/>, whether the work of an ended warm process goes to a new process.</summary>
    [NonSerialized]
    private readonly TaskCompletionSource _handedOver = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Held by the one thread at a time that waits until the work begins.</summary>
    [NonSerialized]
    private readonly Lock _settling = new();

    /// <summary>Set when the process must not be replaced by another one any more.</summary>
    [NonSerialized]
    private bool _isResolved;

    /// <summary>The current process id; it may still change while a warm process has not begun its work.</summary>
    internal int? HostPid => _session?.Process.Pid;

    /// <summary>
    /// Gets a process id that does not change any more, so that a caller who kills that process ends this child. Waits until the work has begun, at most a
    /// second: a process that is stopped by a signal does not begin, but keeps its id.
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

    /// <summary>Gets the session and makes it final: it is not replaced after this.</summary>
    private ChildSession Resolve()
    {
        lock (_handover)
        {
            _isResolved = true;
            return _session!;
        }
    }

    /// <summary>Gives the work of a dead warm process to a new process. Happens at most once, since the new one is not a warm process.</summary>
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
                LogLevel.Debug, LogEvents.WarmProcessReplaced,
                $"{Name}: the warm process {dead.Process.Pid} ended with {status} before it began the work; a new "
                    + "process takes it over");
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

    /// <summary>Waits for the decision whether another process takes over the work of an ended warm process, and returns it.</summary>
    private bool WasReplaced(ChildSession ended)
    {
        _handedOver.Task.Wait();
        return _session != ended;
    }
}
