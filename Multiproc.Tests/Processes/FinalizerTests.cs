using System.Runtime.CompilerServices;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>What is done once, at the latest at the end of a process. Numbers are those of the conformance list.</summary>
public sealed class FinalizerTests
{
    [Fact]
    public void End_RunsByPriorityThenNewestFirst_AroundTheChildren()
    {
        // X-14, P-30
        using var seen = Mp.Queue<string>();
        InChild.Run(() =>
        {
            _ = new Finalizer(() => seen.Put("-100"), -100);
            _ = new Finalizer(() => seen.Put("-1"), -1);
            _ = new Finalizer(() => seen.Put("10 older"), 10);
            _ = new Finalizer(() => seen.Put("10 newer"), 10);
            _ = new Finalizer(() => seen.Put("0"), 0);
            _ = new Finalizer(() => seen.Put("20"), 20);
            var owner = new object();
            _ = new Finalizer(owner, () => seen.Put("of an object, without a priority"));
            _ = new Finalizer(owner, () => seen.Put("of an object, 5"), 5);
            using var begun = Mp.Event();
            var daemon = Mp.Process(static (queue, begun, token) => WaitAndTell(queue, begun, token), seen, begun, daemon: true);
            daemon.Start();
            begun.Wait(InChild.Bound).ShouldBeTrue();
            GC.KeepAlive(owner);
            s_kept = owner;
        });
        InOrder(seen).ShouldBe(["20", "10 newer", "10 older", "of an object, 5", "0", "the daemon is terminated", "-1", "-100"]);
    }

    [Theory]
    [InlineData("exit")]
    [InlineData("throw")]
    [InlineData("terminate")]
    public void End_ByAnyNormalWay_RunsThem(string way)
    {
        using var seen = Mp.Queue<string>();
        using var process = Mp.Process(
            static (queue, way) =>
            {
                _ = new Finalizer(() => queue.Put("ran"), 0);
                queue.Put("ready");
                switch (way)
                {
                    case "exit":
                        Environment.Exit(0);
                        break;
                    case "throw":
                        throw new InvalidOperationException("this exception belongs to a test");
                    default:
                        Thread.CurrentThread.Join();
                        break;
                }
            }, seen, way);
        process.Start();
        seen.Get(InChild.Bound).ShouldBe("ready");
        if (way == "terminate")
        {
            process.Terminate();
        }

        process.Join(InChild.Bound).ShouldBeTrue();
        seen.GetNowait().ShouldBe("ran");
        seen.Empty().ShouldBeTrue();
    }

    [Fact]
    public void Invoke_RunsOnce_CancelledNever()
    {
        //
        int ran = 0;
        var once = new Finalizer(() => ran++, 0);
        once.StillActive.ShouldBeTrue();
        once.Invoke().ShouldBeTrue();
        once.Invoke().ShouldBeFalse();
        once.Dispose();
        once.StillActive.ShouldBeFalse();
        var never = new Finalizer(() => ran++, 0);
        never.Cancel();
        never.StillActive.ShouldBeFalse();
        never.Invoke().ShouldBeFalse();
        ran.ShouldBe(1);
    }

    [Fact]
    public void Owner_Collected_RunsItOnce()
    {
        //
        var ran = new StrongBox<int>();
        var finalizer = AttachToGarbage(ran);
        Await.Until("the finalizer of a collected object has run", () =>
        {
            GC.Collect();
            return Volatile.Read(ref ran.Value) > 0;
        });
        finalizer.StillActive.ShouldBeFalse();
        finalizer.Invoke().ShouldBeFalse();
        ran.Value.ShouldBe(1);
    }

    [Fact]
    public void SentToAnotherProcess_DoesNothingThere()
    {
        //
        int ran = 0;
        var finalizer = new Finalizer(() => ran++, 0);
        using var seen = Mp.Queue<bool>();
        InChild.Run(() =>
        {
            seen.Put(finalizer.StillActive);
            seen.Put(finalizer.Invoke());
        });
        seen.GetNowait().ShouldBeFalse();
        seen.GetNowait().ShouldBeFalse();
        finalizer.Invoke().ShouldBeTrue();
        ran.ShouldBe(1);
    }

    [Fact]
    public void New_WithoutObjectOrCallback_IsRefused()
    {
        // without an object the signature asks for a priority, which is a whole number.
        Should.Throw<ArgumentNullException>(() => new Finalizer(null!, static () => { }));
        Should.Throw<ArgumentNullException>(() => new Finalizer(new object(), null!));
        Should.Throw<ArgumentNullException>(() => new Finalizer(null!, 0));
    }

    [Fact]
    public void MadeAndCollectedWhileOthersRun_RaisesNothing()
    {
        //
        using var seen = Mp.Queue<int>();
        InChild.Run(() =>
        {
            int ran = 0;
            Parallel.For(0, 4, worker =>
            {
                for (int i = 0; i < 2000; i++)
                {
                    _ = new Finalizer(new object(), () => Interlocked.Increment(ref ran), worker);
                    if (i % 500 == 0)
                    {
                        GC.Collect(0);
                        Multiproc.Processes.Leaving.Finalizers.Current.RunFrom(worker);
                    }
                }
            });
            Multiproc.Processes.Leaving.Finalizers.Current.RunFrom(0);
            Await.Until("each has run", () => Volatile.Read(ref ran) == 4 * 2000);
            seen.Put(ran);
        });
        seen.GetNowait().ShouldBe(8000);
    }

    [Fact]
    public void ExceptionInOne_IsPrinted_OthersRun()
    {
        //
        using var seen = Mp.Queue<string>();
        using var process = Mp.Process(
            static queue =>
            {
                _ = new Finalizer(() => queue.Put("the later one"), 1);
                _ = new Finalizer(static () => throw new InvalidOperationException("a finalizer of a test"), 2);
            },
            seen, name: "finalized", options: new ProcessOptions { KeepStderr = true });
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(0);
        seen.GetNowait().ShouldBe("the later one");
        process.StderrTail().ShouldContain("A finalizer of finalized failed: System.InvalidOperationException: a finalizer of a test");
    }

    [Fact]
    public void TempDir_IsTheProcesssOwn_AndGoesLastOfAll()
    {
        //
        using var seen = Mp.Queue<string>();
        InChild.Run(() =>
        {
            string folder = Mp.GetTempDir();
            Mp.GetTempDir().ShouldBe(folder);
            File.WriteAllText(Path.Combine(folder, "file"), "text");
            Directory.CreateDirectory(Path.Combine(folder, "folder"));
            _ = new Finalizer(() => seen.Put($"{Directory.Exists(folder)}"), -99);
            seen.Put(folder);
        });
        string path = seen.GetNowait();
        seen.GetNowait().ShouldBe("True", "the folder is there for all others");
        Directory.Exists(path).ShouldBeFalse();
    }

    private static object? s_kept;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Finalizer AttachToGarbage(StrongBox<int> ran) => new(new object(), () => Interlocked.Increment(ref ran.Value), 0);

    private static void WaitAndTell(SharedQueue<string> seen, SharedEvent begun, CancellationToken token)
    {
        begun.Set();
        token.WaitHandle.WaitOne();
        seen.Put("the daemon is terminated");
    }

    private static List<string> InOrder(SharedQueue<string> seen)
    {
        var all = new List<string>();
        while (seen.TryGet(out string? each))
        {
            all.Add(each!);
        }

        return all;
    }
}
