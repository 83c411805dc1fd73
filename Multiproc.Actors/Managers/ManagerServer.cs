using Multiproc.Objects;
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
    /// <summary>The manager itself is the first object of its home.</summary>
    public const long RootObject = 1;

    public override string NamePrefix => nameof(SyncManager);

    public override void Run()
    {
        ManagerKinds.Register();
        var shutdown = new WaitSlot();
        var root = new ObjectKind(0, "manager", static (ref WireReader reader) => ManagerCommand.ReadFrom(ref reader), CellBytes: 0, (_, _) => new Root(shutdown));
        if (Home.Current.Create(root, default, out _) != RootObject)
        {
            throw new InvalidOperationException("A manager's home had objects before the manager itself.");
        }

        ChildBoot.ReportReady();
        Reactor.Current.WaitUntil(shutdown, null, CancellationToken.None);
    }

    private sealed class Root(WaitSlot shutdown) : IObjectState
    {
        public void Step(Caller caller, ICommand command, Instant now, Effects effects)
        {
            switch (command)
            {
                case ManagerCommand.Create create:
                    effects.Reply(caller, Create(create));
                    break;
                case ManagerCommand.Shutdown:
                    shutdown.Complete();
                    break;
            }
        }

        private static Answer Create(ManagerCommand.Create create)
        {
            if (ObjectKind.Find(create.Kind) is not { } kind)
            {
                return Answer.Refused($"object kind {create.Kind} is not known to this manager.");
            }

            long id = Home.Current.Create(kind, create.Options, out var cell);
            using var writer = new WireWriter();
            new ObjectHandle(id, cell).WriteTo(writer);
            return Answer.Of(new Payload(writer.ToArray()));
        }
    }
}
