using Multiproc.Objects.Peers;

namespace Multiproc;

/// <summary>The process that started this one, as its child sees it.</summary>
public sealed class ParentProcess
{
    private readonly Peer _peer;

    internal ParentProcess(string name, int pid, Peer peer)
    {
        Name = name;
        Pid = pid;
        _peer = peer;
    }

    /// <summary>The parent's name when it started this process.</summary>
    public string Name { get; }

    /// <summary>The parent's process id.</summary>
    public int Pid { get; }

    /// <summary>Whether the parent still runs; told by the connection to it, not by its reusable pid.</summary>
    public bool IsAlive => !_peer.IsLost;
}
