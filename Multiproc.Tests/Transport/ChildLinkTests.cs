namespace Multiproc.Tests.Transport;

/// <summary>The link that a child inherits.</summary>
public sealed class ChildLinkTests
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    [Fact]
    public void Start_WorkLargerThanTheRing_Arrives()
    {
        using var sums = Mp.Queue<int>();
        string work = new('x', 1_000_000);
        using var child = Mp.Process(Measure, sums, work);
        child.Start();
        sums.Get(s_bound).ShouldBe(work.Length);
        child.Join(s_bound).ShouldBeTrue();
        child.ExitCode.ShouldBe(0);
    }

    private static void Measure(SharedQueue<int> sums, string work) => sums.Put(work.Length);
}
