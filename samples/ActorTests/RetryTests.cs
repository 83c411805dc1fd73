using Multiproc;
using Multiproc.TestKit;

namespace ActorTests;

/// <summary>How to test code that uses shared objects, without a process and without a wait: the node, its clock and the deaths are the test's.</summary>
public sealed class RetryTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly TestNode _node = new();
    private readonly SharedJoinableQueue<string> _jobs;

    public RetryTests() => _jobs = _node.Objects.JoinableQueue<string>();

    public void Dispose() => _node.Dispose();

    [Fact]
    public void WorkerThatDies_LeavesItsJobToTheNext()
    {
        var worker = _node.Join();
        _jobs.Put("the job");
        Assert.Equal("the job", worker.Use(_jobs).Get());
        worker.Kill();
        Assert.Equal("the job", _jobs.Get());
    }

    [Fact]
    public async Task Worker_WithoutAJobForFiveMinutes_GivesUp()
    {
        var working = Retries.NextAsync(_node.Join().Use(_jobs), s_patience);
        _node.Probe(_jobs).ExpectWaiters(1);
        _node.Time.Advance(s_patience);
        Assert.Equal("nothing to do", await working);
    }
}

/// <summary>What is tested.</summary>
internal static class Retries
{
    public static async Task<string> NextAsync(SharedJoinableQueue<string> jobs, TimeSpan patience)
    {
        try
        {
            return await jobs.GetAsync(patience);
        }
        catch (QueueEmptyException)
        {
            return "nothing to do";
        }
    }
}
