using Multiproc.Nodes;
using Multiproc.Peers.References;
using Multiproc.Processes;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>
/// The process of a manager: its first object makes the others. It serves until it is told to shut down or its parent is
/// gone.
/// </summary>
internal sealed class ManagerServer(string className, Registration[] types, bool isSync, Action? initializer, ManagerPlace place, TimeSpan lease) : ChildWork
{
    public override string NamePrefix => className;

    public override void Run()
    {
        ChildSignals.IgnoreInterrupts();
        var serving = new ServingThread();
        try
        {
            initializer?.Invoke();
            Open(CurrentProcess.Instance.Name, Table(types, isSync), place, lease, serving, isOwn: true);
        }
        catch (Exception failure) when (failure is not (SystemExitException or OperationCanceledException))
        {
            ChildHost.ReportNotReady(failure);
            throw;
        }

        ChildHost.ReportReady();
        serving.Serve().Wait();
        Node.Current.Leave();
    }

    /// <summary>
    /// What can be made: what was registered, and what a <see cref="SyncManager"/> has besides. That is not sent: reading it would cost every start, for what few use.
    /// </summary>
    public static Dictionary<string, Registration> Table(IEnumerable<Registration> types, bool isSync)
    {
        var table = types.ToDictionary(static type => type.TypeId);
        if (isSync)
        {
            table.TryAdd(SyncManager.OfPools.TypeId, SyncManager.OfPools);
        }

        return table;
    }

    /// <summary>
    /// Makes this process's node a manager's. When a process of this program started it for itself, <paramref name="isOwn"/>, it runs functions of those who come over
    /// this machine.
    /// </summary>
    public static void Open(string name, IReadOnlyDictionary<string, Registration> types, ManagerPlace place, TimeSpan lease, ServingThread serving, bool isOwn)
    {
        ManagerTypes.Register();
        var node = Node.Current;
        node.Name = name;
        if (place.AuthKey is { } key)
        {
            ProcessKey.Current.Set(key);
        }

        var maker = new ObjectMaker(types);
        if (ManagerActor.Start(node, serving, lease, maker) != ReferenceCommand.Keeper)
        {
            throw new InvalidOperationException("This process has shared objects already, or serves a manager: a manager needs a process whose first object it is.");
        }

        var updates = new UpdateRunner(ofOwnProgram: isOwn);
        if (UserObjectActor.Start(node, "updates", updates) != UpdateRunner.Number)
        {
            throw new InvalidOperationException("The second object of a manager must be the one that takes updates.");
        }

        // Who connects finds the manager: it is there before the door is open.
        place.Open(node);
    }
}
