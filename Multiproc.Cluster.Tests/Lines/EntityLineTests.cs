using System.Collections.Concurrent;
using Akka.Actor;
using Multiproc.Cluster.Lines;
using Multiproc.Cluster.Nodes;
using Multiproc.Cluster.Sessions;
using Multiproc.States;
using Multiproc.Transport.InMemory;

namespace Multiproc.Cluster.Tests.Lines;

/// <summary>Messages to entities and their answers over a connection of their own.</summary>
public sealed class EntityLineTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ActorSystem _system = ActorSystem.Create("lines");
    private readonly ClusterView _view = new();
    private readonly BlockingCollection<ToGateway> _answers = [];
    private readonly BlockingCollection<EntityEnvelope> _back = [];
    private readonly BlockingCollection<string> _ends = [];

    public void Dispose()
    {
        _system.Terminate().Wait(s_patience).ShouldBeTrue();
        _answers.Dispose();
        _back.Dispose();
        _ends.Dispose();
    }

    [Fact]
    public void Message_ToAnEntityThatIsLoaded_IsAnsweredOverTheLine()
    {
        var (asking, _) = Connect();
        _view.Entities["calc"] = _system.ActorOf(Props.Create<Echo>());
        asking.Ask(Message("calc", 1, 7));
        Next(_answers).ShouldBe(new ToGateway.Replied(new SessionId("node", 1), 7, Reply.Of(7)));
    }

    [Fact]
    public void Message_ToAnEntityThatIsElsewhere_ComesBackWhole()
    {
        var (asking, _) = Connect();
        asking.Ask(new EntityEnvelope("gone", new ToEntity.Probe(new SessionId("node", 2), 3, 9, [4, 5])));
        var back = Next(_back);
        back.Entity.ShouldBe("gone");
        var probe = back.Message.ShouldBeOfType<ToEntity.Probe>();
        (probe.Session, probe.Incarnation, probe.Last).ShouldBe((new SessionId("node", 2), 3, 9));
        probe.Waiting.ShouldBe([4, 5]);
    }

    [Fact]
    public void Messages_OfManyThreads_AllArrive_ThoseOfEachThreadInOrder()
    {
        const int threads = 8;
        const int each = 2_000;
        var (asking, _) = Connect();
        _view.Entities["calc"] = _system.ActorOf(Props.Create<Echo>());
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            for (int number = 1; number <= each; number++)
            {
                asking.Ask(Message("calc", thread, number));
            }
        });
        var heard = Enumerable.Range(0, threads * each).Select(_ => (ToGateway.Replied)Next(_answers)).ToLookup(static one => one.Session.Number);
        heard.Count.ShouldBe(threads);
        heard.ShouldAllBe(static one => one.Select(static answer => answer.Number).SequenceEqual(Enumerable.Range(1, each).Select(static n => (long)n)));
    }

    [Fact]
    public void Line_ThatIsClosed_IsHeardNoMore_AndTheOtherSideIsTold()
    {
        var (asking, serving) = Connect();
        var entity = new Held();
        _view.Entities["calc"] = _system.ActorOf(Props.Create(() => new HoldingActor(entity)));
        asking.Ask(Message("calc", 1, 1));
        entity.Came.Wait(s_patience).ShouldBeTrue();
        asking.Close();
        entity.Go.Set();
        new[] { Next(_ends), Next(_ends) }.Order().ShouldBe(["asking", "serving"]);
        asking.IsLost.ShouldBeTrue();
        serving.IsLost.ShouldBeTrue();
        asking.Ask(Message("calc", 1, 2));
        _answers.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(new byte[] { 2, 1, 0 })]
    [InlineData(new byte[] { 9, 0 })]
    [InlineData(new byte[] { 1, 3, 1, 97, 99 })]
    [InlineData(new byte[] { 1, 200 })]
    public void Frame_ThatIsMalformed_ClosesTheLine(byte[] frame)
    {
        var (ours, theirs) = InMemoryLink.Pair();
        using var link = ours;
        new ServingLine(theirs, (ExtendedActorSystem)_system, _view, _ => _ends.Add("serving")).Start();
        link.Send(frame);
        Next(_ends).ShouldBe("serving");
    }

    private static EntityEnvelope Message(string entity, int session, int number) => new(
        entity, new ToEntity.Submit(new SessionId("node", session), 1, number, number, new SessionStep(StepKind.Command, 1, number, new byte[] { 1, 2 })));

    private static T Next<T>(BlockingCollection<T> from) =>
        from.TryTake(out var next, s_patience) ? next : throw new TimeoutException($"No {typeof(T).Name} came.");

    private (AskingLine Asking, ServingLine Serving) Connect()
    {
        var (ours, theirs) = InMemoryLink.Pair();
        var asking = new AskingLine(ours, _answers.Add, _back.Add, _ => _ends.Add("asking"));
        var serving = new ServingLine(theirs, (ExtendedActorSystem)_system, _view, _ => _ends.Add("serving"));
        asking.Start();
        serving.Start();
        return (asking, serving);
    }

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            var asked = (ToEntity.Submit)message;
            Sender.Tell(new ToGateway.Replied(asked.Session, asked.Number, Reply.Of(asked.Number)));
        }
    }

    private sealed class Held
    {
        public ManualResetEventSlim Came { get; } = new();

        public ManualResetEventSlim Go { get; } = new();
    }

    /// <summary>Answers when it is told to.</summary>
    private sealed class HoldingActor(Held held) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            held.Came.Set();
            held.Go.Wait(s_patience);
            var asked = (ToEntity.Submit)message;
            Sender.Tell(new ToGateway.Replied(asked.Session, asked.Number, Reply.Of(asked.Number)));
        }
    }
}
