using Multiproc.Peers;
using Multiproc.Processes.InProcess;
using Multiproc.Processes.Logging;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Processes;

/// <summary>
/// The parent's side of one child: from the host that boots, over the work that it is given, to its end. A warm process is a session that has
/// not been given work yet.
/// </summary>
internal sealed class ChildSession
{
    private volatile TaskCompletionSource<bool> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ChildStart? _unbegun;
    private volatile string? _faultAtStart;
    private volatile bool _rehearsed;
    private volatile bool _booted;
    private volatile bool _terminated;
    private volatile bool _killed;
    private volatile bool _interrupted;

    private ChildSession(Func<Action<Peer>, SpawnedProcess> spawn, Action<Peer>? bind)
    {
        Process = spawn(peer =>
        {
            peer.Serve(Service.Process, OnMessage);
            bind?.Invoke(peer);
        });
        _ = Process.Exited.ContinueWith(_ => _ready.TrySetResult(false), TaskScheduler.Default);
    }

    public SpawnedProcess Process { get; }

    /// <summary>Ends with true when the child reports that it is ready, with false when it ended before.</summary>
    public Task<bool> Ready => _ready.Task;

    /// <summary>Why a server could not begin to serve, in its own words.</summary>
    public string? FaultAtStart => _faultAtStart;

    /// <summary>Whether its end was asked for here.</summary>
    public bool EndWasAsked => _terminated || _killed || _interrupted;

    /// <summary>Whether our code ever ran in the process; if not, its host is broken and its stderr says why.</summary>
    public bool HasBooted => _booted;

    /// <summary>
    /// What a warm process was given and has not begun; after its end it is sure that nothing of it ever ran. Null for hosts that were never warm process: these say
    /// themselves why they did not start.
    /// </summary>
    public ChildStart? Unbegun => _unbegun;

    /// <summary>Completed when a warm process has begun what it was given, or ended without. For one thread at a time.</summary>
    public WaitSlot BegunOrEnded { get; } = new();

    /// <summary>Starts a host. <paramref name="bind"/> runs before its first message is read: where services are bound.</summary>
    public static ChildSession Begin(ISpawner spawner, HostCommand host, SpawnOptions options, Action<Peer>? bind = null) =>
        new(listen => spawner.Spawn(host, options, listen), bind);

    /// <summary>The same on a thread of this process.</summary>
    public static ChildSession BeginInProcess(Action<Peer>? bind) => new(ThreadSpawner.Spawn, bind);

    /// <summary>Gives the child its work.</summary>
    public void Run(ChildStart start)
    {
        if (_rehearsed)
        {
            // Ready for the work it was; whether for what the work serves is another question.
            _unbegun = start;
            _ready = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _ = Process.Exited.ContinueWith(
                _ =>
                {
                    _ready.TrySetResult(false);
                    BegunOrEnded.Complete();
                }, TaskScheduler.Default);
        }

        Tell(ProcessMessage.Start, start.WriteTo);
    }

    /// <summary>Has a warm process go through a start before it is used.</summary>
    public void Rehearse(ChildStart rehearsal)
    {
        _rehearsed = true;
        Tell(ProcessMessage.Rehearse, rehearsal.WriteTo);
    }

    /// <summary>
    /// Asks the child to end as SIGTERM does, after it has run its handlers of the exit; after the grace it is killed. The request goes over the
    /// connection, where the child raises the signal against itself: so a child that ends in a moment need not have a signal handler ready.
    /// </summary>
    public void Terminate(WaitTimeout grace)
    {
        _terminated = true;
        if (!_booted && Process.CanKill)
        {
            // It may have begun meanwhile, and wait for children of its own: the grace holds for it too.
            Process.Terminate();
        }
        else
        {
            Tell(ProcessMessage.Terminate);
        }

        if (!Process.Exited.IsCompleted)
        {
            _ = KillAfterAsync(grace);
        }
    }

    public void Kill()
    {
        _killed = true;
        Process.Kill();
    }

    /// <summary>Asks the child to stop what it does: SIGINT.</summary>
    public void Interrupt()
    {
        _interrupted = true;
        Tell(ProcessMessage.Interrupt);
    }

    /// <summary>How the process ended. The framework's code for "ended by its SIGTERM handler" is told as the signal when that was our request.</summary>
    public ExitStatus Status(ExitStatus told) => _terminated && told.Code == 128 + ExitStatus.Terminated ? new ExitStatus(-ExitStatus.Terminated) : told;

    private async Task KillAfterAsync(WaitTimeout grace)
    {
        if (!await Process.Exited.EndsAsync(grace, CancellationToken.None).ConfigureAwait(false) && Process.CanKill)
        {
            Process.Kill();
        }
    }

    /// <summary>Never waits for room: a child that is stopped is told when it goes on, and who ends it must get on to do so.</summary>
    private void Tell(ProcessMessage message, Action<WireWriter>? content = null)
    {
        using var handler = Reactor.EnterHandler();
        try
        {
            var writer = Process.Peer.BeginService(Service.Process);
            writer.Byte((byte)message);
            content?.Invoke(writer);
            Process.Peer.Send(writer);
        }
        catch (ConnectionLostException)
        {
            // It has ended, or is about to: its exit says all.
        }
    }

    private void OnMessage(Peer peer, ref WireReader message)
    {
        byte kind = message.Byte();
        switch ((ProcessMessage)kind)
        {
            case ProcessMessage.Booted:
                _booted = true;
                break;
            case ProcessMessage.Begun:
                _unbegun = null;
                BegunOrEnded.Complete();
                break;
            case ProcessMessage.Ready:
                _ready.TrySetResult(true);
                break;
            case ProcessMessage.NotReady:
                _faultAtStart = message.String();
                break;
            case ProcessMessage.Log:
                ProcessLog.Current.Receive(LogRecord.ReadFrom(ref message));
                break;
            default:
                throw new SerializationException($"Malformed frame: process message {kind} is not for a parent.");
        }
    }
}
