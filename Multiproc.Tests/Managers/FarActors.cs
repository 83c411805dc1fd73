using Akka.Actor;
using Multiproc.Tests.Actors.Remote;

namespace Multiproc.Tests.Managers;

public interface IFarActors
{
    IActorRef Start();

    int Pid();
}

/// <summary>Starts actors in the process of the manager.</summary>
internal sealed class FarActors : IFarActors
{
    public IActorRef Start() => Mp.ActorSystem.ActorOf(Props.Create<Echo>());

    public int Pid() => Environment.ProcessId;
}
