using Akka.Actor;
using Multiproc.Nodes;

namespace Multiproc.Actors.Placing;

/// <summary>Processes that consist of one actor each.</summary>
internal static class ActorProcesses
{
    /// <summary>Starts an actor in a process that has <see cref="Stay"/> as its work.</summary>
    public static IActorRef Start(ChildProcess process, Props props, string? name)
    {
        process.Start();
        try
        {
            var actor = process.ActorOf(props, name);
            Node.Current.ActorSystems.Current.ActorOf(Props.CreateBy(new Producer(() => new ActorProcessKeeper(actor, process), typeof(ActorProcessKeeper))));
            return actor;
        }
        catch
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>The work of the process: its actor runs on threads of its own until the end is asked for.</summary>
    public static void Stay(CancellationToken end) => end.WaitHandle.WaitOne();
}

/// <summary>Ends the process of an actor that has stopped.</summary>
internal sealed class ActorProcessKeeper(IActorRef actor, ChildProcess process) : UntypedActor
{
    protected override void PreStart() => Context.Watch(actor);

    protected override void OnReceive(object message)
    {
        if (message is Terminated)
        {
            if (process.IsAlive)
            {
                process.Terminate();
            }

            Context.Stop(Self);
        }
    }
}
