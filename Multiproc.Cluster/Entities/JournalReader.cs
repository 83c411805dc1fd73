using Akka.Actor;
using Akka.Persistence;

namespace Multiproc.Cluster.Entities;

/// <summary>
/// Asks a journal once whether it has records that its owner does not know. An actor of its own, since the answers are messages that a persistent actor takes
/// for its own recovery.
/// </summary>
internal sealed class JournalReader(string persistenceId, long known) : UntypedActor
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private IActorRef _asker = ActorRefs.Nobody;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case IActorRef journal:
                _asker = Sender;
                journal.Tell(new ReplayMessages(known + 1, long.MaxValue, 1, persistenceId, Self));
                Context.SetReceiveTimeout(s_patience);
                break;
            case ReplayedMessage newer:
                Finish(new Last(newer.Persistent.SequenceNr));
                break;
            case RecoverySuccess done:
                Finish(new Last(done.HighestSequenceNr));
                break;
            case ReplayMessagesFailure failure:
                Finish(new Failed(failure.Cause.Message));
                break;
            case ReceiveTimeout:
                Finish(new Failed($"no reply for {s_patience.TotalSeconds} s"));
                break;
        }
    }

    private void Finish(object answer)
    {
        _asker.Tell(answer);
        Context.Stop(Self);
    }

    internal sealed record Last(long Number);

    internal sealed record Failed(string Reason);

    internal sealed class Producer(string persistenceId, long known) : IIndirectActorProducer
    {
        public Type ActorType => typeof(JournalReader);

        public ActorBase Produce() => new JournalReader(persistenceId, known);

        public void Release(ActorBase actor)
        {
        }
    }
}
