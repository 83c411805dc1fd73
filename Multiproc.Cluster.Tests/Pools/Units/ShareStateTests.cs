using Multiproc.Cluster.Pools;

namespace Multiproc.Cluster.Tests.Pools;

/// <summary>Pools that share a node.</summary>
public sealed class ShareStateTests
{
    [Fact]
    public void Begin_PoolThatIsAlone_RunsAllItsWorkers()
    {
        var shares = new ShareState<string, string>(2);
        for (int i = 0; i < 8; i++)
        {
            shares.Begin("a", $"a{i}").ShouldBeTrue();
        }

        shares.IsContended("a").ShouldBeFalse();
    }

    [Fact]
    public void Begin_SecondPool_RunsAtOnceAndTheFirstGivesWay()
    {
        var shares = new ShareState<string, string>(2);
        for (int i = 0; i < 4; i++)
        {
            shares.Begin("a", $"a{i}");
        }

        shares.Begin("b", "b0").ShouldBeTrue("each pool runs one at least");
        shares.Begin("b", "b1").ShouldBeFalse();
        shares.IsContended("a").ShouldBeTrue();
        shares.End("a").ShouldBeEmpty("more than its share still runs");
        shares.Begin("a", "a0").ShouldBeFalse();
        shares.End("a").ShouldBeEmpty();
        shares.End("a").ShouldBeEmpty("two run, as many as there are processors");
        shares.End("b").ShouldBe(["b1"]);
        shares.End("b").ShouldBe(["a0"], "nobody else wants it");
    }

    [Fact]
    public void GiveUp_LastOfAPool_LeavesTheNodeToTheOther()
    {
        var shares = new ShareState<string, string>(1);
        shares.Begin("a", "a0").ShouldBeTrue();
        shares.Begin("b", "b0").ShouldBeTrue();
        shares.Begin("b", "b1").ShouldBeFalse();
        shares.Begin("a", "a1").ShouldBeFalse();
        shares.GiveUp("b", "b1").ShouldBeEmpty();
        shares.End("b").ShouldBe(["a1"]);
    }

    /// <summary>Whatever comes, nobody waits for ever, and nobody has less than one while it wants one.</summary>
    [Fact]
    public void Step_RandomHistories_LeaveNobodyBehind()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            int processors = random.Next(1, 5);
            var shares = new ShareState<string, (string Pool, int Worker)[]>(processors);
            var running = new List<(string Pool, int Worker)[]>();
            var waiting = new List<(string Pool, int Worker)[]>();
            for (int step = 0; step < 200 || running.Count + waiting.Count > 0; step++)
            {
                if (step < 200 && random.Next(2) == 0)
                {
                    (string Pool, int Worker)[] worker = [($"{random.Next(3)}", step)];
                    (shares.Begin(worker[0].Pool, worker) ? running : waiting).Add(worker);
                }
                else if (waiting.Count > 0 && random.Next(5) == 0)
                {
                    var worker = waiting[random.Next(waiting.Count)];
                    waiting.Remove(worker);
                    Grant(shares.GiveUp(worker[0].Pool, worker));
                }
                else if (running.Count > 0)
                {
                    var worker = running[random.Next(running.Count)];
                    running.Remove(worker);
                    Grant(shares.End(worker[0].Pool));
                }

                foreach (string pool in waiting.Select(static each => each[0].Pool).Distinct())
                {
                    running.Count(each => each[0].Pool == pool).ShouldBeGreaterThan(0, $"seed {seed}, step {step}");
                    running.Count.ShouldBeGreaterThanOrEqualTo(processors, $"seed {seed}, step {step}");
                }
            }

            void Grant(List<(string Pool, int Worker)[]> granted)
            {
                foreach (var each in granted)
                {
                    waiting.Remove(each).ShouldBeTrue();
                    running.Add(each);
                }
            }
        }
    }
}
