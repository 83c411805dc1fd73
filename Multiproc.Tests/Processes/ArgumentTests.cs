using System.Runtime.InteropServices;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>What a target is given, and where it runs. Numbers are those of the conformance list.</summary>
public sealed partial class ArgumentTests
{
    [Fact]
    public void Arguments_KeepTheirKind()
    {
        // P-02
        using var seen = Mp.Queue<string>();
        object[] arguments = [1, 2.5, "text", new List<int> { 1, 2 }, (3, "four"), new[] { 5L }, 'c', true];
        using var process = Mp.Process(
            static (arguments, queue) => queue.Put(string.Join(' ', arguments.Select(static each => $"{each.GetType().Name}={Text(each)}"))), arguments, seen);
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        seen.GetNowait().ShouldBe("Int32=1 Double=2.5 String=text List`1=1,2 ValueTuple`2=(3, four) Int64[]=5 Char=c Boolean=True");
    }

    [Fact]
    public void OneObject_AsTargetAndArgument_IsOneObjectThere()
    {
        // P-19
        using var seen = Mp.Queue<bool>();
        var self = new Selfish(seen);
        using var process = Mp.Process(self.Compare, self);
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        seen.GetNowait().ShouldBeTrue();
    }

    [Fact]
    public void MainThread_OfAChild_IsAThreadOfItsOwn()
    {
        // P-09
        using var seen = Mp.Queue<(int Thread, int Process)>();
        using var process = Mp.Process(static queue => queue.Put((gettid(), Environment.ProcessId)), seen);
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        var (thread, pid) = seen.GetNowait();
        thread.ShouldBe(pid, "the target runs on the main thread of the child, whose id is the process's");
        thread.ShouldNotBe(gettid());
        thread.ShouldNotBe(Environment.ProcessId);
    }

    [Fact]
    public void Join_TellsWhetherItEnded_AndChangesNothing()
    {
        // P-13: Python's join returns nothing; ours says what the exit code would show.
        using var go = Mp.Event();
        using var process = Mp.Process(static go => { go.Wait(); }, go);
        process.Start();
        process.Join(TimeSpan.Zero).ShouldBeFalse();
        process.Join(TimeSpan.FromSeconds(-1)).ShouldBeFalse();
        process.ExitCode.ShouldBeNull();
        process.IsAlive.ShouldBeTrue();
        go.Set();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.Join(TimeSpan.Zero).ShouldBeTrue();
        process.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void Parent_SeenFromItsChild_LivesAndCanBeWaitedFor()
    {
        // P-10, P-11
        using var seen = Mp.Queue<string>();
        using var process = Mp.Process(static queue =>
        {
            var parent = Mp.ParentProcess!;
            queue.Put($"{parent.Name} {parent.Pid} {parent.IsAlive} {parent.Join(TimeSpan.FromMilliseconds(20))} {parent.Sentinel.WaitOne(0)}");
        }, seen);
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        seen.GetNowait().ShouldBe($"MainProcess {Environment.ProcessId} True False False");
    }

    private static string Text(object each) => each switch
    {
        List<int> list => string.Join(',', list),
        long[] array => string.Join(',', array),
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => each.ToString()!,
    };

    [LibraryImport("libc")]
    private static partial int gettid();

    private sealed class Selfish(SharedQueue<bool> seen)
    {
        public void Compare(Selfish other) => seen.Put(ReferenceEquals(this, other));
    }
}
