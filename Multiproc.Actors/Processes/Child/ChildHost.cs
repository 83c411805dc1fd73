using System.Runtime.CompilerServices;
using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Processes.Leaving;
using Multiproc.Processes.Linux;
using Multiproc.Processes.Logging;
using Multiproc.Processes.Views;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Processes;

/// <summary>Runs the life of a child: waits for its work (rehearsing starts meanwhile, in a warm process), runs it, and ends the process in order.</summary>
internal sealed class ChildHost(Peer parent, bool ownsProcess)
{
    private const int UnhandledExitCode = 1;

    private readonly WaitSlot _arrived = new();
    private readonly Lock _gate = new();
    private ChildStart? _start;
    private ChildStart? _rehearsal;
    private bool _rehearsed;
    private volatile CurrentProcess? _current;
    private Action<CurrentProcess>? _early;

    /// <summary>Runs a child that has a process of its own.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(ILink connection, Action<Peer>? introduce = null)
    {
        var parent = Node.Current.Peers.Join(connection);

        // A child ends immediately with its parent: nobody is left to use its work or to see its end.
        parent.Closed += (_, _) => ProcessEnd.Immediately();
        return new ChildHost(parent, ownsProcess: true).Run(introduce);
    }

    /// <summary>Tells the parent that this server is ready for requests.</summary>
    public static void ReportReady() => Report(CurrentProcess.Instance.RequireParent().Peer, ProcessMessage.Ready);

    /// <summary>Tells the parent why this server could not start.</summary>
    public static void ReportNotReady(Exception reason)
    {
        var parent = CurrentProcess.Instance.RequireParent().Peer;
        var writer = parent.BeginService(Service.Process);
        writer.Byte((byte)ProcessMessage.NotReady);
        writer.String($"{reason.GetType().Name}: {reason.Message}");
        try
        {
            parent.Send(writer);
        }
        catch (ConnectionLostException)
        {
            // The parent has ended, so nobody waits for this server.
        }
    }

    /// <returns>The exit code.</returns>
    public int Run(Action<Peer>? introduce = null)
    {
        parent.Serve(Service.Process, OnMessage);
        try
        {
            parent.SayHello();
            introduce?.Invoke(parent);
            Report(parent, ProcessMessage.Booted);
        }
        catch (ConnectionLostException) when (!ownsProcess)
        {
            return UnhandledExitCode;
        }

        parent.Listen();
        return AwaitStart() is { } start ? Run(start) : UnhandledExitCode;
    }

    private static void Report(Peer parent, ProcessMessage message, Wake wake = Wake.Always)
    {
        var writer = parent.BeginService(Service.Process);
        writer.Byte((byte)message);
        parent.Send(writer, wake);
    }

    private void OnMessage(Peer peer, ref WireReader message)
    {
        var kind = (ProcessMessage)message.Byte();
        switch (kind)
        {
            case ProcessMessage.Start when _start is null:
                _start = ChildStart.ReadFrom(ref message);
                _arrived.Complete();
                break;
            case ProcessMessage.Rehearse when _start is null && _rehearsal is null:
                _rehearsal = ChildStart.ReadFrom(ref message);
                _arrived.Complete();
                break;
            case ProcessMessage.Terminate:
                FaultPoint.Reached("terminate: received");
                End(ExitStatus.Terminated, static current => current.Terminate());
                break;
            case ProcessMessage.Interrupt:
                End(ExitStatus.Interrupted, static current => current.Interrupt());
                break;
            case ProcessMessage.Look:
                Look(peer, message.Int32());
                break;
            default:
                throw new SerializationException($"Malformed frame: a child does not accept process message {(int)kind}, or received it twice.");
        }
    }

    /// <summary>Handles a request to end on a thread of its own, not on the one that delivers messages, since it runs user code.</summary>
    private void End(int signal, Action<CurrentProcess> request)
    {
        lock (_gate)
        {
            if (_current is { } current)
            {
                ThreadPool.UnsafeQueueUserWorkItem(_ => request(current), null);
                return;
            }

            if (!ownsProcess)
            {
                _early = request;
                return;
            }
        }

        // No code of the program runs yet, so the signal may have its default effect; the exit status shows it.
        ChildSignals.Raise(signal);
    }

    /// <returns>Null if the parent closed the connection.</returns>
    private ChildStart? AwaitStart()
    {
        if (!ownsProcess)
        {
            parent.Closed += (_, _) => _arrived.Complete();
        }

        while (true)
        {
            Reactor.Current.WaitUntil(_arrived, null, CancellationToken.None);
            if (_start is not null || parent.IsLost)
            {
                return _start;
            }

            // A message that arrives after this reset completes the slot again.
            _arrived.Reset();
            if (_rehearsal is { } rehearsal && !_rehearsed)
            {
                Rehearse(rehearsal);
                _rehearsed = true;
                Report(parent, ProcessMessage.Ready);
            }

            if (_start is not null)
            {
                return _start;
            }
        }
    }

    private void Rehearse(ChildStart start)
    {
        NativeName.Set("warm process");

        // The work that follows may need another culture, or the default one.
        var restore = start.Culture.Length > 0 ? KeepCulture() : null;
        var nobody = Identity(start);
        Inherit(start);
        var warmUp = Serializer.Unpack<ChildWork>(start.Work);
        warmUp.Rehearse(parent);
        warmUp.Run();
        nobody.OnTargetEnded();
        Departure.Rehearse();
        restore?.Invoke();
    }

    private CurrentProcess Identity(ChildStart start) =>
        new(start.Name, start.ProcessPath, start.Daemon, new ParentProcess(start.ParentName, start.ParentPid, parent));

    private int Run(ChildStart start)
    {
        if (_rehearsed)
        {
            // Before any code of the program runs: a warm process that dies without this report can be replaced by another process.
            Report(parent, ProcessMessage.Begun, Wake.WhenWaiting);
        }

        if (ownsProcess)
        {
            NativeName.Set(start.Name);
            if (start.WaitForDebugger)
            {
                // Still without an identity: a request to end has its default effect.
                DebuggerWait.Run(start.Name);
            }
        }

        var current = Identity(start);
        current.Become(ownsProcess);
        if (ownsProcess)
        {
            Node.Current.Parent = parent;
        }

        lock (_gate)
        {
            _current = current;
        }

        try
        {
            if (ownsProcess)
            {
                Departure.PrepareChild();
                Inherit(start);
            }
            else if (start.Culture.Length > 0)
            {
                InheritCulture(start.Culture, ofProcess: false);
            }

            var work = Serializer.Unpack<ChildWork>(start.Work);
            if (ReferenceMark.IsIn(start.Work.Bytes.Span))
            {
                ReportReferences();
            }

            if (work.TakesCancellation)
            {
                current.ObserveCancellation();
            }

            Early()?.Invoke(current);
            FaultPoint.Reached("start: begun");
            work.Run();
            FaultPoint.Reached("end: returned");
            return current.ExitCodeAfterReturn;
        }
        catch (OperationCanceledException) when (current.IsEnding)
        {
            return current.ExitCodeAfterCancellation;
        }
        catch (SystemExitException exit)
        {
            if (exit.HasText)
            {
                StandardStreams.Complain(exit.Message);
            }

            return current.IsTerminating ? current.ExitCodeAfterCancellation : exit.Code & 0xFF;
        }
        catch (Exception failure)
        {
            StandardStreams.Complain($"Process {start.Name}:{Environment.NewLine}{UserCode.Text(failure)}");
            return UnhandledExitCode;
        }
        finally
        {
            current.OnTargetEnded();
            if (ownsProcess)
            {
                Departure.LeaveChild();
                if (_rehearsed)
                {
                    QuickExit.Arrange();
                }
            }
        }
    }

    private void ReportReferences()
    {
        try
        {
            Report(parent, ProcessMessage.HasReferences, Wake.Never);
        }
        catch (ConnectionLostException)
        {
            // Nobody is left to be told; what becomes of a child without a parent is decided elsewhere.
        }
    }

    /// <summary>A separate method, so that children that nobody looks at, most of them, do not load the types for it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Look(Peer parent, int milliseconds) =>
        _ = Task.Run(() => LookAsync(parent, TimeSpan.FromMilliseconds(milliseconds)));

    private static async Task LookAsync(Peer parent, TimeSpan patience)
    {
        byte[] view = ViewJson.Write(await ProgramLook.AtProcessAsync(patience).ConfigureAwait(false));
        using var handler = Reactor.EnterHandler();
        try
        {
            var writer = parent.BeginService(Service.Process);
            writer.Byte((byte)ProcessMessage.View);
            writer.Bytes(view);
            parent.Send(writer);
        }
        catch (ConnectionLostException)
        {
            // The parent has ended, and with it everybody who wanted to know.
        }
    }

    private Action<CurrentProcess>? Early()
    {
        lock (_gate)
        {
            return _early;
        }
    }

    /// <summary>A separate method, so that children that log nothing, most of them, do not load the types for logging.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void InheritLog(int level) => ProcessLog.Current.Inherit(level);

    /// <summary>A separate method, so that programs that do not change the culture, most of them, do not load the types for cultures.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void InheritCulture(Payload culture, bool ofProcess) => CultureTravel.Arrive(culture, ofProcess);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Action KeepCulture() => CultureTravel.Keep();

    private static void Inherit(ChildStart start)
    {
        ProcessKey.Current.Inherit(start.AuthKey.Span, start.ProgramKey.Span);
        WorkingFolder.Enter(start.Directory);

        if (start.Culture.Length > 0)
        {
            InheritCulture(start.Culture, ofProcess: true);
        }

        if (start.LogLevel != ChildStart.NoLog)
        {
            InheritLog(start.LogLevel);
        }

        if (start.Keys.Length > 0)
        {
            Node.Current.Keys.Inherit(start.Keys);
        }

        Settings.Inherit(start.Settings);
        StartMethodChoice.Program.Choose(StartMethods.Checked(start.Method), force: true);
    }
}
