using System.Text.Json;
using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Processes.InProcess;
using Multiproc.Processes.Logging;
using Multiproc.Processes.Views;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Processes;

/// <summary>
/// The parent's side of one child: from the boot of its host, through its work, to its end. A warm process is a session without
/// work yet.
/// </summary>
internal sealed class ChildSession
{
    private volatile TaskCompletionSource<bool> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ChildStart? _unbegun;

    /// <summary>
    /// The start while it is on its way, if its work refers to objects of managers: its bytes keep them alive until the child does. A child may be stopped, or
    /// starved, for longer than they would live on by themselves.
    /// </summary>
    private volatile ChildStart? _onItsWay;
    private volatile string? _faultAtStart;
    private TaskCompletionSource<ProgramView>? _looking;
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
        _ = Process.Exited.ContinueWith(
            _ =>
            {
                _onItsWay = null;
                _ready.TrySetResult(false);
            }, TaskScheduler.Default);
    }

    public SpawnedProcess Process { get; }

    /// <summary>Completes with true when the child reports that it is ready, or with false if it ended before that.</summary>
    public Task<bool> Ready => _ready.Task;

    /// <summary>Why a server could not start, in its own words.</summary>
    public string? FaultAtStart => _faultAtStart;

    /// <summary>Whether this process requested the child's end.</summary>
    public bool EndWasAsked => _terminated || _killed || _interrupted;

    /// <summary>Whether the host ever ran the library's code; if not, the host is broken, and its stderr says why.</summary>
    public bool HasBooted => _booted;

    /// <summary>
    /// The start that a warm process was given and has not begun; if it is still set after the end of the process, no part of the work ever ran. Null for hosts
    /// that were never warm processes: these report by themselves why they did not start.
    /// </summary>
    public ChildStart? Unbegun => _unbegun;

    /// <summary>Completed when a warm process has begun its work, or has ended. For one waiting thread at a time.</summary>
    public WaitSlot BegunOrEnded { get; } = new();

    /// <summary>Starts a host. <paramref name="bind"/> runs before its first message is read, to bind services.</summary>
    public static ChildSession Begin(ISpawner spawner, HostCommand host, SpawnOptions options, Action<Peer>? bind = null) =>
        new(listen => spawner.Spawn(host, options, listen), bind);

    /// <summary>Starts a host on a thread of this process.</summary>
    public static ChildSession BeginInProcess(Action<Peer>? bind) => new(ThreadSpawner.Spawn, bind);

    /// <summary>Gives the child its work.</summary>
    public void Run(ChildStart start)
    {
        if (_rehearsed)
        {
            // Ready so far meant "ready for work"; the work itself, a server, reports its own readiness.
            _unbegun = start;
            _ready = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _ = Process.Exited.ContinueWith(
                _ =>
                {
                    _ready.TrySetResult(false);
                    BegunOrEnded.Complete();
                }, TaskScheduler.Default);
        }

        if (ReferenceMark.IsIn(start.Work.Bytes.Span))
        {
            _onItsWay = start;
        }

        Tell(ProcessMessage.Start, start.WriteTo);
    }

    /// <summary>Makes a warm process rehearse a start before it is used.</summary>
    public void Rehearse(ChildStart rehearsal)
    {
        _rehearsed = true;
        Tell(ProcessMessage.Rehearse, rehearsal.WriteTo);
    }

    /// <summary>
    /// Asks the child to end like after SIGTERM, with its exit handlers; it is killed after the grace period. The request goes over the connection, and the
    /// child raises the signal against itself, so that most children never need to register a signal handler.
    /// </summary>
    public void Terminate(WaitTimeout grace)
    {
        _terminated = true;
        if (!_booted && Process.CanKill)
        {
            // It may have begun its work meanwhile and be waiting for children of its own, so it gets the grace period too.
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

    /// <summary>Asks the child to stop its work (SIGINT).</summary>
    public void Interrupt()
    {
        _interrupted = true;
        Tell(ProcessMessage.Interrupt);
    }

    /// <summary>
    /// Gets how the process ended. If this process requested the termination, .NET's exit code for "ended by its SIGTERM handler" is reported as the signal.
    /// </summary>
    public ExitStatus Status(ExitStatus told) => _terminated && told.Code == 128 + ExitStatus.Terminated ? new ExitStatus(-ExitStatus.Terminated) : told;

    /// <summary>Has the child look at itself and its children.</summary>
    /// <returns>Null if it did not tell in time, or has ended.</returns>
    public async Task<ProgramView?> LookAsync(TimeSpan patience)
    {
        var fresh = new TaskCompletionSource<ProgramView>(TaskCreationOptions.RunContinuationsAsynchronously);

        // Whoever asks while another question is on its way gets the answer to that.
        var asked = Interlocked.CompareExchange(ref _looking, fresh, null) ?? fresh;
        if (asked == fresh)
        {
            Tell(ProcessMessage.Look, writer => writer.Int32((int)patience.TotalMilliseconds));
        }

        try
        {
            return await asked.Task.WaitAsync(patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Interlocked.CompareExchange(ref _looking, null, asked);
            return null;
        }
    }

    private void OnView(ReadOnlySpan<byte> view)
    {
        ProgramView seen;
        try
        {
            seen = ViewJson.Read(view);
        }
        catch (JsonException malformed)
        {
            throw new SerializationException($"Malformed frame: {malformed.Message}", malformed);
        }

        Interlocked.Exchange(ref _looking, null)?.TrySetResult(seen);
    }

    private async Task KillAfterAsync(WaitTimeout grace)
    {
        if (!await Process.Exited.EndsAsync(grace, CancellationToken.None).ConfigureAwait(false) && Process.CanKill)
        {
            Process.Kill();
        }
    }

    /// <summary>
    /// Sends a message without waiting for room: a child that is stopped reads it when it continues, and the caller that ends it must not block.
    /// </summary>
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
            // The child has ended, or is about to; its exit status says the rest.
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
            case ProcessMessage.HasReferences:
                _onItsWay = null;
                break;
            case ProcessMessage.Ready:
                _ready.TrySetResult(true);
                break;
            case ProcessMessage.NotReady:
                _faultAtStart = message.String();
                break;
            case ProcessMessage.View:
                OnView(message.Bytes());
                break;
            case ProcessMessage.Log:
                ProcessLog.Current.Receive(LogRecord.ReadFrom(ref message));
                break;
            default:
                throw new SerializationException($"Malformed frame: a parent does not accept process message {kind}.");
        }
    }
}
