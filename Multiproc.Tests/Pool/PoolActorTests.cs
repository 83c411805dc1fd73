using Multiproc.Actors;
using Multiproc.Nodes;
using Multiproc.Pool;

namespace Multiproc.Tests.Pool;

/// <summary>The shell of the scheduling, when something goes wrong in what it performs.</summary>
public sealed class PoolActorTests
{
    [Fact]
    public void Receive_EffectThatThrows_IsToldAndWhatComesAfterIsDone()
    {
        var supervisor = new FailingSupervisor();
        var actor = Node.Current.Actors.StartInline(() => new PoolActor(new PoolState(startAttempts: 3), supervisor));
        actor.Tell(new PoolCommand.WorkerGone(1, 0, Started: false));
        actor.Tell(new PoolNotice.Left(Member: null!));
        actor.Tell(PoolNotice.Closed.Instance);
        supervisor.Failures.Select(static failure => failure.Message).ShouldBe(["an effect", "a notice"]);
        supervisor.WasClosed.ShouldBeTrue();
        actor.Stop();
    }

    private sealed class FailingSupervisor : IPoolSupervisor
    {
        public List<Exception> Failures { get; } = [];

        public bool WasClosed { get; private set; }

        public void Perform(PoolEffect effect) => throw new FormatException("an effect");

        public void Performed()
        {
        }

        public void On(PoolNotice notice) => WasClosed = notice is PoolNotice.Closed ? true : throw new FormatException("a notice");

        public void Break(Exception failure) => Failures.Add(failure);
    }
}
