using Multiproc.Tests.Managers;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications.Bounds;

/// <summary>
/// A token that fired before the call: OperationCanceledException with that token, also where nothing would wait, and nothing is taken, sent or begun.
/// </summary>
public sealed class TokensThatFiredBeforeTests(Stage stage) : IClassFixture<Stage>
{
    /// <summary>Only in a child there are a parent and a server of one's own: see the tests below.</summary>
    private static readonly string[] s_inAChild = ["ParentProcess.", "ManagerService."];

    public static TheoryData<string> Methods =>
        [.. BoundedMethod.All.Where(static each => each.HasToken && !s_inAChild.Any(each.Key.StartsWith)).Select(static each => each.Key).Distinct()];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Call_TokenHasFired_ThrowsAndTouchesNothing(string key)
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        foreach (var method in BoundedMethod.All.Where(each => each.Key == key))
        {
            var subjects = stage.For(method, ready: true).Concat(stage.For(method, ready: false)).ToList();
            subjects.ShouldNotBeEmpty();
            foreach (var make in subjects)
            {
                using var subject = make();
                Should.Throw<OperationCanceledException>(() => BoundedCall.Run(method, subject, null, source.Token), $"{key} of {subject}")
                    .CancellationToken.ShouldBe(source.Token, $"{key} of {subject}");
                subject.Untouched?.Invoke();
            }
        }
    }

    [Fact]
    public void ParentJoin_TokenHasFired_Throws() => InChild.Run(static () =>
    {
        var fired = new CancellationToken(canceled: true);
        Should.Throw<OperationCanceledException>(() => Mp.ParentProcess!.Join(null, fired)).CancellationToken.ShouldBe(fired);
        Should.Throw<OperationCanceledException>(() =>
            Mp.ParentProcess!.JoinAsync(null, fired).AsTask().GetAwaiter().GetResult()).CancellationToken.ShouldBe(fired);
        Mp.ParentProcess!.Join(TimeSpan.Zero).ShouldBeFalse();
        Mp.ParentProcess!.JoinAsync(TimeSpan.FromMilliseconds(-2)).AsTask().GetAwaiter().GetResult().ShouldBeFalse();
    });

    [Fact]
    public void ServeForever_TokenHasFired_Throws() => InChild.Run(static () =>
    {
        var fired = new CancellationToken(canceled: true);
        string path = Path.Combine(Path.GetTempPath(), $"multiproc-{Guid.NewGuid():N}.sock");
        var service = new SyncManager(ManagerAddress.Local(path), [1, 2, 3]).GetServer();
        Should.Throw<OperationCanceledException>(() => service.ServeForever(fired)).CancellationToken.ShouldBe(fired);
        Should.Throw<OperationCanceledException>(() => service.ServeForeverAsync(fired).AsTask().GetAwaiter().GetResult()).CancellationToken.ShouldBe(fired);
    });

    [Fact]
    public void ImapAndMap_TokenHasFired_ReadNoInputAndCallNothingBack()
    {
        var fired = new CancellationToken(canceled: true);
        using var pool = Mp.Pool(1);
        using var results = pool.Imap(static x => x, Unread(), cancellation: fired);
        Should.Throw<OperationCanceledException>(() => results.MoveNext());
        Should.Throw<OperationCanceledException>(() => results.Next(TimeSpan.Zero));
        bool called = false;
        var map = pool.MapAsync(static x => x, Unread(), callback: _ => called = true, errorCallback: _ => called = true, cancellation: fired);
        map.Ready.ShouldBeTrue();
        Should.Throw<OperationCanceledException>(() => map.Get());
        pool.Apply(static x => x + 1, 1).ShouldBe(2);
        called.ShouldBeFalse();
    }

    [Fact]
    public async Task ObjectOfAUser_TokenHasFired_ThrowsAndIsNotCalled()
    {
        var fired = new CancellationToken(canceled: true);
        using var custom = new CustomObjects();
        var maths = custom.Manager.Create<IMaths>();
        using var begun = Mp.Event();
        (await Should.ThrowAsync<OperationCanceledException>(async () => await maths.WaitAsync(begun, fired))).CancellationToken.ShouldBe(fired);
        begun.IsSet.ShouldBeFalse();

        // The call that begins a stream of a user's object is a question of its own, without a task: it says so at once.
        Should.Throw<OperationCanceledException>(() => maths.Count(3, fired)).CancellationToken.ShouldBe(fired);
        await using var others = maths.Count(3).GetAsyncEnumerator(fired);
        await Should.ThrowAsync<OperationCanceledException>(async () => await others.MoveNextAsync());
        maths.Made().ShouldBe(0);
    }

    [Fact]
    public async Task Enumeration_TokenOfTheEnumeratorHasFired_Throws()
    {
        var fired = new CancellationToken(canceled: true);
        using var queue = Mp.Queue<int>();
        queue.Put(1);
        await using var items = queue.ReadAllAsync().GetAsyncEnumerator(fired);
        (await Should.ThrowAsync<OperationCanceledException>(async () => await items.MoveNextAsync())).CancellationToken.ShouldBe(fired);
        queue.QSize().ShouldBe(1);
    }

    private static IEnumerable<int> Unread()
    {
        Assert.Fail("an input was read");
        yield return 1;
    }
}
