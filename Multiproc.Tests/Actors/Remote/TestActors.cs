using Akka.Actor;

namespace Multiproc.Tests.Actors.Remote;

internal sealed record GetPid;

internal sealed record Fail(string Text);

internal sealed record Forward(IActorRef To, object Message);

internal sealed record Watching(IActorRef Actor);

internal sealed record Start(string Name);

/// <summary>Answers with what it is sent, and does a few other things.</summary>
internal sealed class Echo : UntypedActor
{
    private IActorRef? _watcher;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case GetPid:
                Sender.Tell(Environment.ProcessId);
                break;
            case Fail fail:
                throw new InvalidOperationException(fail.Text);
            case Forward forward:
                forward.To.Tell(forward.Message, Self);
                break;
            case Watching watching:
                Context.Watch(watching.Actor);
                _watcher = Sender;
                Sender.Tell("watching");
                break;
            case Terminated terminated:
                _watcher.Tell(terminated.ActorRef);
                break;
            case Start start:
                Sender.Tell(Context.ActorOf(Props.Create<Echo>(), start.Name));
                break;
            default:
                Sender.Tell(message);
                break;
        }
    }
}

/// <summary>Counts what it is sent since its last start.</summary>
internal sealed class Counter : UntypedActor
{
    private int _count;

    protected override void OnReceive(object message)
    {
        _count++;
        switch (message)
        {
            case "fail":
                throw new InvalidOperationException("asked to fail");
            case "count":
                Sender.Tell(_count);
                break;
        }
    }
}

/// <summary>Has a child in another process, and a strategy for it.</summary>
internal sealed class Parent(Props child, Directive directive, IActorRef observer) : UntypedActor
{
    private IActorRef _child = null!;

    protected override void PreStart() => _child = Context.ActorOf(child, "worker");

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(failure =>
    {
        observer.Tell(failure);
        return directive;
    });

    protected override void OnReceive(object message) => _child.Forward(message);
}
