using Akka.Actor;
using Microsoft.Extensions.Logging;
using Multiproc.Nodes;
using Multiproc.Processes.Logging;

namespace Multiproc.Actors.Remote;

/// <summary>
/// The actor system of a process that is the program's to use: started when it is first used, or when another process sends to its actors, or given by the
/// program. The objects of this library live in a system of their own (see <see cref="ActorHost"/>), which needs no remoting and which nobody can terminate.
/// </summary>
internal sealed class ActorSystems(Node node)
{
    private readonly Lock _gate = new();
    private volatile ExtendedActorSystem? _system;

    /// <summary>The system, started by the first use, or by the first after the one before was terminated.</summary>
    public ExtendedActorSystem Current => Running ?? Create();

    public LinkRemoting Remoting => ((ILinkProvider)Current.Provider).Remoting;

    private ExtendedActorSystem? Running => _system is { WhenTerminated.IsCompleted: false } running ? running : null;

    /// <summary>Takes a system that the program has made.</summary>
    /// <exception cref="ArgumentException">The system's references do not use links.</exception>
    /// <exception cref="InvalidOperationException">This process has another system already.</exception>
    public void Use(ActorSystem system)
    {
        if (system is not ExtendedActorSystem { Provider: ILinkProvider } extended)
        {
            throw new ArgumentException(
                $"The actor system {system.Name} cannot reach other processes over links: make it with the configuration of MultiprocContext.ActorConfig as a "
                + "fallback, as in ActorSystem.Create(name, own.WithFallback(ConfigurationFactory.ParseString(MultiprocContext.ActorConfig))).",
                nameof(system));
        }

        lock (_gate)
        {
            if (_system == extended)
            {
                return;
            }

            if (Running is { } other)
            {
                throw new InvalidOperationException(
                    $"This process has the actor system {other.Name} already, and can have only one: give it {system.Name} before anything uses "
                    + "Mp.ActorSystem.");
            }

            Begin_UnderGate(extended);
        }
    }

    /// <summary>Starts the system because another process sends to its actors.</summary>
    public void Start()
    {
        try
        {
            // The listener first: others may have the reference of an actor that is about to be made here, and connect.
            _ = node.Address;
            _ = Current;
        }
        catch (Exception failed)
        {
            ProcessLog.Current.Write(
                LogLevel.Error, LogEvents.ActorSystem, "The actor system did not start: messages to actors of this process are lost.", failed);
        }
    }

    private ExtendedActorSystem Create()
    {
        lock (_gate)
        {
            if (Running is { } started)
            {
                return started;
            }

            var system = (ExtendedActorSystem)ActorSystem.Create(ActorConfig.SystemName, ActorConfig.MakeRemote());
            Begin_UnderGate(system);
            return system;
        }
    }

    private void Begin_UnderGate(ExtendedActorSystem system)
    {
        // From now on others can connect to the address that references have.
        _ = node.Address;
        node.ActorService.Begin(((ILinkProvider)system.Provider).Remoting);
        _system = system;
    }
}
