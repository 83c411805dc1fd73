using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>The simple queue. Numbers are those of the conformance list.</summary>
public sealed class SimpleQueueTests
{
    [Fact]
    public void PutGetEmpty_HereAndInAChild_PassEverything()
    {
        // SQ-01, SQ-02
        using var queue = Mp.SimpleQueue<bool>();
        using var ready = Mp.SimpleQueue<string>();
        queue.Empty().ShouldBeTrue();
        InChild.Run(() =>
        {
            queue.Put(queue.Empty());
            queue.Put(queue.Empty());
            ready.Put("both are there");
        });
        ready.Get(InChild.Bound).ShouldBe("both are there");
        queue.Empty().ShouldBeFalse();
        queue.Get().ShouldBeTrue();
        queue.Get().ShouldBeFalse();
        queue.Empty().ShouldBeTrue();
    }

    [Fact]
    public void Put_WithoutBound_NeverWaits()
    {
        // SQ-01: Python's put blocks when the pipe is full.
        using var queue = Mp.SimpleQueue<byte[]>();
        InChild.Run(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                queue.Put(new byte[100_000]);
            }
        });
        for (int i = 0; i < 100; i++)
        {
            queue.Get(InChild.Bound).Length.ShouldBe(100_000);
        }
    }

    [Fact]
    public void Close_Twice_EndsBothEndsHereOnly()
    {
        // SQ-03, SQ-04
        using var queue = Mp.SimpleQueue<int>();
        InChild.Run(() =>
        {
            queue.Put(1);
            queue.Close();
            queue.Close();
            Should.Throw<InvalidOperationException>(() => queue.Put(2)).Message.ShouldContain("is closed");
            Should.Throw<InvalidOperationException>(() => queue.Get()).Message.ShouldContain("is closed");
            Should.Throw<InvalidOperationException>(() => queue.GetAsync().AsTask().GetAwaiter().GetResult());
            Should.Throw<IOException>(() => queue.Empty()).Message.ShouldContain("is closed");
        });
        queue.Get(InChild.Bound).ShouldBe(1);
        queue.Dispose();
        Should.Throw<ObjectDisposedException>(() => queue.Put(1));
    }

    [Fact]
    public async Task Get_TimeoutOrCancellation_TakesNothing()
    {
        using var queue = Mp.SimpleQueue<int>();
        Should.Throw<QueueEmptyException>(() => queue.Get(TimeSpan.Zero));
        await Should.ThrowAsync<QueueEmptyException>(async () => await queue.GetAsync(TimeSpan.FromMilliseconds(10), CancellationToken.None));
        using var source = new CancellationTokenSource();
        var waiting = queue.GetAsync(null, source.Token).AsTask();
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
        queue.Put(3);
        (await queue.GetAsync(null, CancellationToken.None)).ShouldBe(3);
    }
}
