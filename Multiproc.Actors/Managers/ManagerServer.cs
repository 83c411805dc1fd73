using Multiproc.Objects;
using Multiproc.Objects.References;
using Multiproc.Processes;
using Multiproc.Serialization;
using Multiproc.Transport;

namespace Multiproc.Managers;

/// <summary>
/// The process of a manager: its first object makes the others. Its main thread does nothing but deliver messages, until it is told to
/// shut down or its parent is gone.
/// </summary>
internal sealed class ManagerServer : ChildWork
{
    public override string NamePrefix => nameof(SyncManager);

    public override void Run()
    {
        var shutdown = new WaitSlot();
        Open(CurrentProcess.Instance.Name, shutdown);
        ChildBoot.ReportReady();
        Reactor.Current.WaitUntil(shutdown, null, CancellationToken.None);
    }

    /// <summary>Makes this process's home a manager's.</summary>
    private static void Open(string name, WaitSlot shutdown)
    {
        ManagerKinds.Register();
        var home = Home.Current;
        home.Name = name;
        var lease = Settings.Current.Manager.ReferenceLease;
        var root = new ObjectKind(
            0, "manager", static (ref WireReader reader) => ManagerCommand.ReadFrom(ref reader), CellBytes: 0, (_, _) => new ManagerRoot(home, shutdown, lease));
        if (home.Create(root, default, out _) != ReferenceCommand.Keeper)
        {
            throw new InvalidOperationException("A manager's home had objects before the manager itself.");
        }
    }
}
