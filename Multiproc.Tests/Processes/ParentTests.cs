using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>The parent as its child sees it.</summary>
public sealed class ParentTests
{
    [Fact]
    public void Join_OfALivingParent_HeedsTimeAndToken() => InChild.Run(static () =>
    {
        var parent = Mp.ParentProcess!;
        parent.IsAlive.ShouldBeTrue();
        parent.Join(TimeSpan.Zero).ShouldBeFalse();
        parent.Sentinel.WaitOne(0).ShouldBeFalse();
        parent.JoinAsync(TimeSpan.Zero).AsTask().GetAwaiter().GetResult().ShouldBeFalse();
        using var stopping = new CancellationTokenSource();
        var sync = Task.Run(() => parent.Join(cancellation: stopping.Token));
        var async = parent.JoinAsync(cancellation: stopping.Token).AsTask();
        stopping.Cancel();
        Should.Throw<OperationCanceledException>(() => sync.WaitAsync(InChild.Bound).GetAwaiter().GetResult());
        Should.Throw<OperationCanceledException>(() => async.WaitAsync(InChild.Bound).GetAwaiter().GetResult());
    });
}
