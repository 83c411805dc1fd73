namespace Multiproc.Tests.Managers;

/// <summary>
/// Calls of users' objects at the same time: what waits for what, and what ends with its caller. Numbers in comments are those of the conformance list.
/// </summary>
public sealed class ConcurrentCallTests(CustomObjects objects) : IClassFixture<CustomObjects>
{
    [Fact]
    public async Task Calls_RunOneAtATime_UnlessTheTypeIsConcurrent()
    {
        dynamic careful = objects.Manager.Create("Careful");
        dynamic free = objects.Manager.Create("Free");
        var one = (Proxy)careful;
        var many = (Proxy)free;
        var calls = Enumerable.Range(0, 8).Select(_ => one.CallMethodAsync("Enter", []).AsTask()).ToList();
        (await Task.WhenAll(calls).WaitAsync(ManagerFixture.Bound)).ShouldAllBe(static most => (int)most! == 1);

        // Each of these waits for the other: one at a time they would wait for ever.
        await Task.WhenAll(many.CallMethodAsync("Meet", []).AsTask(), many.CallMethodAsync("Meet", []).AsTask()).WaitAsync(ManagerFixture.Bound);
    }

    [Fact]
    public void BlockedObject_KeepsNobodyElseWaiting()
    {
        // M-28, T-21
        dynamic free = objects.Manager.Create("Free");
        var blocked = ((Proxy)free).CallMethodAsync("Meet", []).AsTask();
        objects.Manager.Create<IMaths>().Add(1, 1).ShouldBe(2);
        objects.Manager.NumberOfObjects.ShouldBeGreaterThan(1);
        blocked.IsCompleted.ShouldBeFalse();
        free.Meet();
        blocked.Wait(ManagerFixture.Bound).ShouldBeTrue();
    }

    [Fact]
    public void CallerKilled_DuringACall_CancelsIt()
    {
        using var began = Mp.Event();
        dynamic watcher = objects.Manager.Create("Watcher");
        using var child = Mp.Process(CallAndWait, (Proxy)watcher, began);
        child.Start();
        TestKit.Await.Until("the call has begun", () => (int)watcher.Begun() == 1);
        child.Kill();
        TestKit.Await.Until("its token fired", () => (int)watcher.Cancelled() == 1);
    }

    private static void CallAndWait(Proxy watcher, SharedEvent began)
    {
        began.Set();
        watcher.CallMethod("Wait");
    }
}
