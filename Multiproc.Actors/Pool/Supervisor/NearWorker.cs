using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Pool;

/// <summary>A worker that is a child of this process.</summary>
internal sealed class NearWorker(ChildProcess child) : WorkerProcess
{
    public override string Name => child.Name;

    public override bool IsStarted => child.HostPid is not null;

    public override bool IsAlive => child.IsAlive;

    public override int? Pid => child.Pid;

    public override int? HostPid => child.HostPid;

    public override int? LocalPid => child.HostPid;

    public override Task<int> Exited => child.Exited;

    public override string StderrTail() => child.StderrTail();

    public override void ExpectEnd() => child.ExpectEnd();

    public override void Kill() => child.Kill();

    public override string ToString() => child.ToString();
}

/// <summary>The way to a worker that is a child of this process: its link.</summary>
internal sealed class PeerLine(Peer peer) : IWorkerLine
{
    public bool IsLost => peer.IsLost;

    public bool RunsMany => peer.Staging is not null;

    public int LargestInput => int.MaxValue;

    public void Begin(WireWriter writer) => Peer.BeginService(writer, Service.Pool);

    public void Send(WireWriter message, Wake wake) => peer.Send(message, wake);

    public void Announce(Wake wake) => peer.Announce(wake);
}
