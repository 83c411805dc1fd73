using Multiproc.Cluster.Pools;

namespace Multiproc.Cluster.Tests.Pools;

/// <summary>Which nodes a pool uses.</summary>
public sealed class NodesStateTests
{
    private readonly NodesState _state = new("worker", startAttempts: 2, TimeSpan.FromSeconds(10));
    private readonly List<NodesEffect> _effects = [];

    [Fact]
    public void Node_ThatComesAndLetsThePoolIn_IsFilledAndDrainedWhenItLeaves()
    {
        Step(new NodesCommand.Up("a", "h:1")).ShouldBe([new NodesEffect.Connect("a")]);
        Step(new NodesCommand.Up("a", "h:1")).ShouldBeEmpty();
        Step(new NodesCommand.Welcomed("a")).ShouldBe([new NodesEffect.Fill("a")]);
        _state.IsUsed("a").ShouldBeTrue();
        Step(new NodesCommand.Leaving("a")).ShouldBe([new NodesEffect.Drain("a")]);
        Step(new NodesCommand.Leaving("a")).ShouldBeEmpty();
        _state.IsUsed("a").ShouldBeFalse();
        Step(new NodesCommand.Unreached("a", "closed")).ShouldBeEmpty("one that leaves is not sought again");
        Step(new NodesCommand.Gone("a")).Single().ShouldBeOfType<NodesEffect.Drop>();
        _state.Nodes.ShouldBeEmpty();
    }

    [Fact]
    public void Node_ThatCannotBeReached_IsTriedAgainUntilItIsGone()
    {
        Step(new NodesCommand.Up("a", "h:1"));
        Step(new NodesCommand.Unreached("a", "no route")).ShouldBe([new NodesEffect.ConnectLater("a")]);
        Step(new NodesCommand.TryAgain("a")).ShouldBe([new NodesEffect.Connect("a")]);
        Step(new NodesCommand.Welcomed("a"));
        Step(new NodesCommand.Unreached("a", "reset")).ShouldBe([new NodesEffect.ConnectLater("a")]);
        Step(new NodesCommand.Gone("a"));
        Step(new NodesCommand.TryAgain("a")).ShouldBeEmpty();
    }

    [Fact]
    public void Node_WhoseWorkersDoNotStart_IsGivenUpByItself()
    {
        Step(new NodesCommand.Up("a", "h:1"));
        Step(new NodesCommand.Welcomed("a"));
        Step(new NodesCommand.StartFailed("a", "no")).ShouldBeEmpty();
        Step(new NodesCommand.WorkerReady("a"));
        Step(new NodesCommand.StartFailed("a", "no")).ShouldBeEmpty();
        Step(new NodesCommand.StartFailed("a", "no memory")).OfType<NodesEffect.Say>().Single().Text.ShouldContain("no memory");
        _state.IsUsed("a").ShouldBeFalse();
        Step(Tick(1)).OfType<NodesEffect.FailJobs>().Single().Reason.ShouldContain("no memory");
    }

    [Fact]
    public void Jobs_ThatNobodyCanRun_WaitAndAreSaidToAndFailInTheEnd()
    {
        Step(Tick(0)).ShouldBeEmpty();
        Step(Tick(1)).Single().ShouldBeOfType<NodesEffect.Say>().Text.ShouldContain("none has the role 'worker'");
        Step(Tick(2)).ShouldBeEmpty("it is said once");
        Step(Tick(10)).OfType<NodesEffect.FailJobs>().Single().ShouldSatisfyAllConditions(
            static fail => fail.IsTimeout.ShouldBeTrue(), static fail => fail.Reason.ShouldContain("--role worker"));
        Step(Tick(11)).ShouldBeEmpty("the next call has its own time");
        Step(new NodesCommand.Tick(TimeSpan.FromSeconds(12), HasJobs: true, HasWorkers: true)).ShouldBeEmpty();
        Step(Tick(20)).ShouldBeEmpty();
        Step(Tick(31)).OfType<NodesEffect.FailJobs>().ShouldNotBeEmpty();
    }

    private static NodesCommand.Tick Tick(double seconds) => new(TimeSpan.FromSeconds(seconds), HasJobs: true, HasWorkers: false);

    private NodesEffect[] Step(NodesCommand command)
    {
        _effects.Clear();
        _state.Step(command, _effects);
        return [.. _effects];
    }
}
