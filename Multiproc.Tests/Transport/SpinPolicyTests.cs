using Multiproc.Transport;

namespace Multiproc.Tests.Transport;

/// <summary>When a thread spins before it sleeps. No wait of these tests is a long one for its policy.</summary>
public sealed class SpinPolicyTests
{
    private const int AnyWaitIsShort = 1_000_000;

    [Fact]
    public void Looks_InVain_DoubleTheWaitsWithout()
    {
        var policy = new SpinPolicy(AnyWaitIsShort);
        int spins = CountSpins(policy);
        Assert.SkipUnless(spins > 0, "with one processor nobody spins");
        foreach (int without in (int[])[4, 8, 16])
        {
            for (int i = 0; i < without; i++)
            {
                CountSpins(policy).ShouldBe(1, $"wait {i} of {without} after a spin in vain");
            }

            CountSpins(policy).ShouldBe(spins);
        }
    }

    [Fact]
    public void Looks_ThatSucceed_GoOn()
    {
        var policy = new SpinPolicy(AnyWaitIsShort);
        int spins = policy.Begin();
        for (int i = 0; i < 10_000; i++)
        {
            policy.Succeeded();
            policy.Begin().ShouldBe(spins);
        }
    }

    [Fact]
    public void LongWaits_AreSleptThrough()
    {
        var policy = new SpinPolicy(shortWait: 0);
        int spins = CountSpins(policy);
        Assert.SkipUnless(spins > 0, "with one processor nobody spins");
        for (int i = 0; i < 100; i++)
        {
            CountSpins(policy).ShouldBe(1);
        }
    }

    private static int CountSpins(SpinPolicy policy)
    {
        int spins = policy.Begin();
        policy.Failed();
        policy.End();
        return spins;
    }
}
