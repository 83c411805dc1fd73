using Multiproc.Objects;

namespace Multiproc;

/// <summary>The process that this code runs in: the program's own, or a child that Multiproc started.</summary>
public sealed class CurrentProcess
{
    private int _children;

    internal CurrentProcess(string name, string lineage, bool daemon, ParentProcess? parent)
    {
        Name = name;
        Lineage = lineage;
        Daemon = daemon;
        Parent = parent;
    }

    /// <summary>"MainProcess" in the program itself, in a child the name that its parent gave it.</summary>
    public string Name { get; set; }

    /// <summary>The process id of the operating system.</summary>
    public int Pid => Environment.ProcessId;

    /// <summary>Whether this process is ended when its parent ends; such a process has no children of its own.</summary>
    public bool Daemon { get; }

    /// <summary>A copy of the key that proves to other processes of this program who we are. Children inherit it.</summary>
    /// <exception cref="ArgumentException">An empty key is set.</exception>
    public ReadOnlyMemory<byte> AuthKey
    {
        get => ProcessKey.Current.Bytes.ToArray();
        set => ProcessKey.Current.Set(value.Span);
    }

    internal ParentProcess? Parent { get; }

    /// <summary>The numbers of the ancestors and our own, as "2:1"; empty in the main process.</summary>
    internal string Lineage { get; }

    internal static CurrentProcess Instance { get; private set; } = new("MainProcess", "", daemon: false, parent: null);

    internal static void Become(CurrentProcess child) => Instance = child;

    internal string NextLineage()
    {
        int number = Interlocked.Increment(ref _children);
        return Lineage.Length == 0 ? $"{number}" : $"{Lineage}:{number}";
    }
}
