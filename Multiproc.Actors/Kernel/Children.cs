namespace Multiproc.Kernel;

/// <summary>The children of one actor, and those among them whose failure it handed on to its own parent.</summary>
internal sealed class Children
{
    private readonly Dictionary<ActorRef, ActorCell> _cells = [];
    private List<ActorCell>? _escalated;
    private int _lastName;

    public bool Any => _cells.Count > 0;

    /// <summary>For a child that was given none.</summary>
    public string NextName() => $"${++_lastName}";

    public void Add(ActorCell child) => _cells.Add(child.Ref, child);

    public bool Remove(ActorRef child) => _cells.Remove(child);

    /// <summary>The child stays suspended and shares its parent's fate: a restart or stop of that ends it, a resumption resumes it.</summary>
    public void Escalate(ActorCell child) => (_escalated ??= []).Add(child);

    public void ResumeEscalated()
    {
        foreach (var child in _escalated ?? [])
        {
            child.AddSystem(SystemMessage.Resume.Instance);
        }

        _escalated = null;
    }

    public void StopAll()
    {
        _escalated = null;
        foreach (var child in _cells.Values)
        {
            child.AddSystem(SystemMessage.Stop.Instance);
        }
    }
}
