using System.Collections.Concurrent;

namespace Multiproc.Tests.Managers;

/// <summary>Users' objects in a manager, by their interface. Numbers in comments are those of the conformance list.</summary>
public sealed class CustomObjectTests(CustomObjects objects) : IClassFixture<CustomObjects>
{
    private readonly IMaths _maths = objects.Manager.Create<IMaths>();

    [Fact]
    public void Methods_RunInTheServer()
    {
        // M-08
        _maths.Add(4, 3).ShouldBe(7);
        _maths.Add(1, 2, 3).ShouldBe(6);
        _maths.Offset = 10;
        _maths.Offset.ShouldBe(10);
        _maths.Add(4, 3).ShouldBe(17);
        _maths.Pid().ShouldBe(objects.Manager.Pid);
        objects.Manager.Create<IMaths>(100).Add(1, 1).ShouldBe(102);
        _maths.ToString().ShouldBe("maths of offset 10");
    }

    [Fact]
    public async Task AsyncMethods_AreAwaited()
    {
        (await _maths.AddLaterAsync(2, 3)).ShouldBe(5);
        using var source = new CancellationTokenSource();
        using var begun = Mp.Event();
        var waiting = _maths.WaitAsync(begun, source.Token).AsTask();
        (await begun.WaitAsync(ManagerFixture.Bound, TestContext.Current.CancellationToken)).ShouldBeTrue("the method waits");
        waiting.IsCompleted.ShouldBeFalse();
        await source.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting.WaitAsync(ManagerFixture.Bound));
        _maths.Add(1, 1).ShouldBe(2);
    }

    [Fact]
    public void Exceptions_ArriveWithTypeMessageAndRemoteStack()
    {
        // M-11, M-10, PX-14
        var failure = Should.Throw<FormatException>(() => _maths.Fail("no way"));
        failure.Message.ShouldBe("no way");
        failure.StackTrace!.ShouldContain("MathsClass.Fail");
        var remote = Should.Throw<RemoteException>(_maths.FailUnsendably);
        remote.RemoteMessage.ShouldBe("with a thread");
        remote.RemoteType.ShouldContain("UnsendableFailure");
        Should.Throw<RemoteException>(() => _maths.Unsendable()).Message.ShouldContain("cannot send");
        _maths.Add(1, 1).ShouldBe(2);
    }

    [Fact]
    public async Task Streams_AreMadeAsTheyAreRead()
    {
        // M-12
        var seen = new List<int>();
        await foreach (int item in _maths.Count(int.MaxValue))
        {
            seen.Add(item);
            if (item == 200)
            {
                break;
            }
        }

        seen.ShouldBe(Enumerable.Range(0, 201));
        _maths.Made().ShouldBeLessThan(201 + 200, "nothing is made far ahead of its reader");
        _maths.Words().ShouldBe(["one", "two"]);
        var all = new List<int>();
        await foreach (int item in _maths.Count(3))
        {
            all.Add(item);
        }

        all.ShouldBe([0, 1, 2]);
        await Should.ThrowAsync<FormatException>(async () =>
        {
            await foreach (int item in _maths.Count(-1))
            {
                all.Add(item);
            }
        });
    }

    [Fact]
    public async Task Callbacks_RunHere()
    {
        var reports = new ConcurrentQueue<int>();
        _maths.Sum(5, new Direct<int>(reports.Enqueue)).ShouldBe(10);
        TestKit.Await.Until("all reports are here", () => reports.Count == 5);
        reports.ShouldBe([0, 1, 2, 3, 4]);
        int pid = 0;
        _maths.Apply(
            x =>
            {
                pid = Environment.ProcessId;
                return x * 10;
            },
            4).ShouldBe(40);
        pid.ShouldBe(Environment.ProcessId);
        Should.Throw<FormatException>(() => _maths.Apply(static _ => throw new FormatException("from the callback"), 1)).Message.ShouldBe("from the callback");
        (await _maths.ApplyAsync(static async x =>
        {
            await Task.Yield();
            return x + 1;
        }, 1)).ShouldBe(2);
    }

    [Fact]
    public void TypedProxy_IsSentAsAnythingElse()
    {
        // PX-01, PX-05
        _maths.Offset = 7;
        using var queue = Mp.Queue<IMaths>();
        ManagerFixture.Run(Mp.Process(UseMaths, _maths, queue));
        _maths.Offset.ShouldBe(8);
        var back = queue.Get(ManagerFixture.Bound);
        back.Equals(_maths).ShouldBeTrue();
        back.Add(1, 1).ShouldBe(10);
    }

    private static void UseMaths(IMaths maths, SharedQueue<IMaths> queue)
    {
        maths.Offset++;
        queue.Put(maths);
        queue.QSize();
    }

    private sealed class Direct<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
