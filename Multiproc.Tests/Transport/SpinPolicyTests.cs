using Multiproc.Transport;

namespace Multiproc.Tests.Transport;

/// <summary>When a thread looks before it sleeps. No wait of these tests is a long one for its policy.</summary>
public sealed class SpinPolicyTests
{
    private const int AnyWaitIsShort = 1_000_000;

    [Fact]
    public void Looks_InVain_DoubleTheWaitsWithout()
    {
        var policy = new SpinPolicy(AnyWaitIsShort);
        int looks = Look(policy);
        Assert.SkipUnless(looks > 0, "with one processor nobody looks");
        foreach (int without in (int[])[4, 8, 16])
        {
            for (int i = 0; i < without; i++)
            {
                Look(policy).ShouldBe(1, $"wait {i} of {without} after a look in vain");
            }

            Look(policy).ShouldBe(looks);
        }
    }

    [Fact]
    public void Looks_ThatSucceed_GoOn()
    {
        var policy = new SpinPolicy(AnyWaitIsShort);
        int looks = policy.Begin();
        for (int i = 0; i < 10_000; i++)
        {
            policy.Succeeded();
            policy.Begin().ShouldBe(looks);
        }
    }

    [Fact]
    public void LongWaits_AreSleptThrough()
    {
        var policy = new SpinPolicy(shortWait: 0);
        int looks = Look(policy);
        Assert.SkipUnless(looks > 0, "with one processor nobody looks");
        for (int i = 0; i < 100; i++)
        {
            Look(policy).ShouldBe(1);
        }
    }

    private static int Look(SpinPolicy policy)
    {
        int looks = policy.Begin();
        policy.Failed();
        policy.End();
        return looks;
    }
}
