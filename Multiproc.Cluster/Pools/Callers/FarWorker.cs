using Multiproc.Pool;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Cluster.Pools;

/// <summary>A worker on a node, in the process of its pool.</summary>
internal sealed class FarWorker(NodeLine line, int id, string name) : WorkerProcess, IWorkerLine
{
    /// <summary>The exit code of a process of whose end nothing is known; CPython reports it, too.</summary>
    private const int UnknownCode = 255;

    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _pid;
    private WorkerEnd? _end;
    private string? _lost;

    public int Id => id;

    public NodeLine Line => line;

    public override string Name => name;

    public override string Node => line.Address;

    public override bool IsStarted => true;

    public override bool IsAlive => _pid != 0 && !_exited.Task.IsCompleted;

    public override int? Pid => _pid == 0 ? null : _pid;

    public override int? HostPid => Pid;

    public override int? LocalPid => null;

    public override Task<int> Exited => _exited.Task;

    public override string? LostWith => _lost;

    public override MemoryAtDeath? ReportedMemory => _end is { } end ? new(end.Memory, end.RanOut, end.Sentence) : new(null, false, "");

    public bool IsLost => line.IsLost || _exited.Task.IsCompleted;

    /// <summary>Its link to the process of the node is one of that machine, which has room for results that grow.</summary>
    public bool RunsMany => OperatingSystem.IsLinux();

    public int LargestInput => line.LargestInput;

    public override string StderrTail() => _end?.Stderr ?? "";

    public override void ExpectEnd() => line.Tell(LineMessage.ExpectEnd, this);

    public override void Kill() => line.Tell(LineMessage.Kill, this);

    public void Begin(WireWriter writer) => writer.Reset();

    public void Send(WireWriter message, Wake wake) => line.Send(this, message, later: wake is Wake.Later or Wake.Never);

    public void Announce(Wake wake) => line.Flush();

    public void OnStarted(int pid) => _pid = pid;

    /// <summary>Its node has seen its end.</summary>
    public void OnExited(WorkerEnd end)
    {
        (_end, _pid) = (end, end.Pid);
        _exited.TrySetResult(end.ExitCode);
    }

    /// <summary>The connection to its node has ended.</summary>
    /// <returns>False if it had ended before.</returns>
    public bool OnLost(string reason)
    {
        if (_exited.Task.IsCompleted)
        {
            return false;
        }

        _lost = reason;
        return _exited.TrySetResult(UnknownCode);
    }

    public override string ToString() => $"{name} (pid {_pid} on {line.Address})";
}
