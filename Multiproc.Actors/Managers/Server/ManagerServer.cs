using Multiproc.Nodes;
using Multiproc.Peers.References;
using Multiproc.Processes;

namespace Multiproc.Managers;

/// <summary>
/// The main function of a manager's process. It serves until it is told to shut down or its parent process
/// exits.
/// </summary>
internal sealed class ManagerServer(string className, Registration[] types, bool isSync, Action? initializer, ManagerPlace place, TimeSpan lease) : ChildWork
{
    public override string NamePrefix => className;

    public override void Run()
    {
        ChildSignals.IgnoreInterrupts();
        Node.Current.Actors.Prepare();
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
        Listen();
        serving.Serve().Wait();
        Node.Current.Leave();
    }

    /// <summary>Opens the listener that every proxy names, beside the start of the actors: the first call needs both.</summary>
    private static void Listen()
    {
        try
        {
            _ = Node.Current.Address;
        }
        catch (MultiprocException)
        {
            // It is opened by the first call then, whose caller is told why that is not possible.
        }
    }

    /// <summary>
    /// The types that can be created: the registered ones, and those of <see cref="SyncManager"/> itself. The latter are not sent, since deserializing them
    /// would slow each start for types that few programs use.
    /// </summary>
    public static Dictionary<string, Registration> Table(IEnumerable<Registration> types, bool isSync)
    {
        var table = types.ToDictionary(static type => type.TypeId);
        if (isSync)
        {
            table.TryAdd(SyncManager.OfPools.TypeId, SyncManager.OfPools);
            table.TryAdd(SyncManager.OfPythonServers.TypeId, SyncManager.OfPythonServers);
        }

        return table;
    }

    /// <summary>
    /// Makes this process's node the node of a manager. If a process of this program started it for itself, <paramref name="isOwn"/>, it runs update functions
    /// of callers on this machine.
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
            throw new InvalidOperationException(
                "This process has shared objects already, or serves a manager: a manager needs a process without shared objects.");
        }

        var updates = new UpdateRunner(ofOwnProgram: isOwn);
        if (UserObjectActor.Start(node, "updates", updates) != UpdateRunner.Number)
        {
            throw new InvalidOperationException("The second object of a manager must be the one that takes updates.");
        }

        // The manager exists before the listener opens, so that every client finds it.
        place.Open(node);
    }
}
