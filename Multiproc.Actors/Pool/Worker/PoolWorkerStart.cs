using Multiproc.Peers;
using Multiproc.Processes;

namespace Multiproc.Pool.Workers;

/// <summary>The work of a worker's process, sent at its start.</summary>
internal sealed class PoolWorkerStart(Action? initializer, Action? finalizer, long maxMemory, bool onThread) : ChildWork
{
    public override string NamePrefix => "PoolWorker";

    public override void Run() => new PoolWorker(initializer, finalizer, maxMemory, onThread, CurrentProcess.Instance.RequireParent().Peer).Serve();

    public override void Rehearse(Peer parent) => new PoolWorker(null, null, 0, onThread: true, parent).Rehearse();
}
