using Akka.Actor;
using Akka.Persistence;
using Multiproc.Cluster.Journal;
using Multiproc.States;

namespace Multiproc.Cluster.Nodes;

/// <summary>
/// Tries whether a journal plug-in refuses a second record of one number, on which all that is promised rests: writes one under a name that no object has, as
/// two writers, and removes it.
/// </summary>
internal sealed class FenceProbeActor(IActorRef journal, TaskCompletionSource<bool> isFenced) : UntypedActor
{
    private readonly string _name = $"multiproc-probe/{Guid.NewGuid():N}";
    private int _written;

    protected override void PreStart() => Write();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case WriteMessageSuccess when ++_written == 1:
                Write();
                break;
            case WriteMessageSuccess:
                Finish(fenced: false);
                break;
            case WriteMessageFailure or WriteMessageRejected when _written == 1:
                Finish(fenced: true);
                break;
            case WriteMessageFailure failure:
                isFenced.TrySetException(failure.Cause);
                Context.Stop(Self);
                break;
            case WriteMessageRejected rejected:
                isFenced.TrySetException(rejected.Cause);
                Context.Stop(Self);
                break;
        }
    }

    private void Write()
    {
        var record = new Persistent(new JournalRecord.DeadlinePassed(new Instant(0)), 1, _name, writerGuid: Guid.NewGuid().ToString("N"));
        journal.Tell(new WriteMessages([new AtomicWrite(record)], Self, actorInstanceId: 1));
    }

    private void Finish(bool fenced)
    {
        journal.Tell(new DeleteMessagesTo(_name, long.MaxValue, Self));
        isFenced.TrySetResult(fenced);
        Context.Stop(Self);
    }

    internal sealed class Producer(IActorRef journal, TaskCompletionSource<bool> isFenced) : IIndirectActorProducer
    {
        public Type ActorType => typeof(FenceProbeActor);

        public ActorBase Produce() => new FenceProbeActor(journal, isFenced);

        public void Release(ActorBase actor)
        {
        }
    }
}
