namespace Multiproc.Tests.States;

/// <summary>A timer of the system cannot be set further than 49 days ahead; a deadline can be.</summary>
public sealed class LongTimeoutTests
{
    [Theory]
    [InlineData(60)]
    [InlineData(10_000_000)]
    public async Task Acquire_TimeoutOfManyDays_WaitsAsAnyOther(int days)
    {
        using var gate = Mp.Lock();
        gate.Acquire();
        var waiting = gate.AcquireAsync(TimeSpan.FromDays(days)).AsTask();
        waiting.IsCompleted.ShouldBeFalse();
        gate.Release();
        (await waiting.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBeTrue();
    }
}
