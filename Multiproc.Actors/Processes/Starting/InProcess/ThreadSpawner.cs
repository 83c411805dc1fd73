using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.SharedMemory;
using Multiproc.Transport.InMemory;

namespace Multiproc.Processes.InProcess;

/// <summary>Starts children as threads of this process. They talk to their parent over a link, like all children, so everything is serialized.</summary>
internal static class ThreadSpawner
{
    public static SpawnedProcess Spawn(Action<Peer> bind)
    {
        var (ours, theirs) = InMemoryLink.Pair();
        var process = new ThreadProcess(Node.Current.Peers.Join(ours));
        bind(process.Peer);
        process.Peer.TryStart();
        process.Start(theirs);
        return process;
    }
}

/// <summary>A child that runs on a thread.</summary>
internal sealed class ThreadProcess(Peer peer) : SpawnedProcess
{
    private static readonly AsyncLocal<ThreadProcess?> s_current = new();

    private readonly Task _connectionClosed = ClosingOf(peer);

    public override int Pid => Environment.ProcessId;

    public override Peer Peer => peer;

    public override bool IsCurrent => s_current.Value == this;

    public override bool CanKill => false;

    public void Start(InMemoryLink link) => OwnThread.Start(() => Run(link), "multiproc in-process child");

    public override string StderrTail() => "";

    /// <exception cref="NotSupportedException">Always: a request to end goes over the link, and there is no stronger means.</exception>
    public override void Terminate() => Kill();

    /// <exception cref="NotSupportedException">Always.</exception>
    public override void Kill()
    {
        if (!Exited.IsCompleted)
        {
            throw new NotSupportedException(
                "A child of StartMethod.InProcess is a thread, which cannot be killed. Let its target take a CancellationToken and call Terminate(), or use "
                + "StartMethod.Spawn.");
        }
    }

    private void Run(InMemoryLink link)
    {
        s_current.Value = this;
        var parent = Node.Current.Peers.Join(link);
        int code = new ChildHost(parent, ownsProcess: false).Run();
        parent.Close();

        // As for any child, the end is reported only after the last message.
        _ = _connectionClosed.ContinueWith(_ => SetExited(new ExitStatus(code)), TaskScheduler.Default);
    }

    private static Task ClosingOf(Peer peer)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        peer.Closed += (_, _) => closed.TrySetResult();
        return closed.Task;
    }
}
