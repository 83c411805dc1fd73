using Multiproc.Kernel;
using Multiproc.Objects;
using Multiproc.Pool;

namespace Multiproc.Tests.Pool;

/// <summary>The shell of the scheduling, when something goes wrong in what it performs.</summary>
public sealed class PoolActorTests
{
    [Fact]
    public void Receive_EffectThatThrows_IsToldAndWhatComesAfterIsDone()
    {
        var failures = new List<Exception>();
        bool later = false;
        var actor = Home.Current.Actors.Spawn(
            () => new PoolActor(new PoolState(startAttempts: 3), static _ => throw new FormatException("an effect"), static () => { }, failures.Add),
            dispatcher: Dispatcher.Inline);
        actor.Tell(new PoolCommand.WorkerGone(1, 0, Started: false));
        actor.Tell((Action)(() => throw new FormatException("an action")));
        actor.Tell((Action)(() => later = true));
        failures.Select(static failure => failure.Message).ShouldContain("an action");
        failures.ShouldAllBe(static failure => failure is FormatException);
        later.ShouldBeTrue();
        actor.StopGracefully();
    }
}
