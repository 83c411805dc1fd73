using Multiproc.Processes.Leaving;

namespace Multiproc.Processes;

/// <summary>The children of this process that have been started and not yet been seen to end.</summary>
internal sealed class Children
{
    private readonly Lock _gate = new();
    private readonly List<ChildProcess> _running = [];
    public static Children Current { get; } = new();

    public void Add(ChildProcess child)
    {
        Departure.PrepareForChildren();
        lock (_gate)
        {
            _running.Add(child);
        }
    }

    public void Remove(ChildProcess child)
    {
        lock (_gate)
        {
            _running.Remove(child);
        }
    }

    public IReadOnlyList<ChildProcess> Snapshot()
    {
        lock (_gate)
        {
            return [.. _running];
        }
    }

    /// <summary>What a process owes its children when it ends normally: daemons are ended, the others are waited for.</summary>
    public void Leave()
    {
        foreach (var child in Snapshot())
        {
            if (child.Daemon || child.EndsWithParent || CurrentProcess.Instance.IsTerminating)
            {
                child.Terminate();
            }
        }

        foreach (var child in Snapshot())
        {
            child.Exited.Wait();
        }
    }
}
