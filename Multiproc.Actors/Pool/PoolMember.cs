using Multiproc.Objects.Peers;
using Multiproc.Processes;

namespace Multiproc.Pool;

/// <summary>A worker as its pool sees it: the process, and how far it is in its oldest chunk.</summary>
internal sealed class PoolMember(int id, ChildProcess process)
{
    public int Id { get; } = id;

    public ChildProcess Process { get; } = process;

    public Peer? Peer { get; set; }

    /// <summary>Whether it has begun its oldest chunk, and how many tasks of it are done. Written by the thread that delivers messages.</summary>
    public bool Started { get; set; }

    public int TasksDone { get; set; }

    public string Ending() => $"{Process.Name} (pid {Process.Pid}) ended with {new ExitStatus(Process.Exited.Result)}. {Process.StderrTail()}".TrimEnd();
}
