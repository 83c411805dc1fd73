using Multiproc;
using Multiproc.TestKit;
using Xunit;

public sealed class Tests
{
    [Fact]
    public void Everything_FromThePackage_Works() => Assert.Equal(Checks.Expected, Checks.Run());

    [Fact]
    public void TestNode_FromThePackage_HasObjects()
    {
        using var node = new TestNode();
        var jobs = node.Objects.Queue<string>();
        jobs.Put("job", cancellation: TestContext.Current.CancellationToken);
        Assert.Equal("job", jobs.Get(cancellation: TestContext.Current.CancellationToken));
    }
}
