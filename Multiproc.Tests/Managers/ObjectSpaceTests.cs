using System.Reflection;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Managers;

/// <summary>One piece of code, written against <see cref="IObjectSpace"/>, over objects of this process and of a manager.</summary>
public sealed class ObjectSpaceTests(ManagerFixture fixture) : IClassFixture<ManagerFixture>
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Queues_PassItemsBetweenProcesses(bool inManager)
    {
        var space = Space(inManager);
        using var words = space.Queue<string>(maxSize: 2);
        using var simple = space.SimpleQueue<int>();
        using var tasks = space.JoinableQueue<int>(new SharedQueueOptions { MaxSize = 3 });
        using var other = space.JoinableQueue<int>();
        using var plain = space.Queue<int>(new SharedQueueOptions());
        tasks.Put(1);
        InChild.Run(() =>
        {
            words.Put("from a child");
            simple.Put(tasks.Get(s_bound));
            tasks.TaskDone();
            other.Put(2);
            plain.Put(3);
        });
        words.Get(s_bound).ShouldBe("from a child");
        simple.Get().ShouldBe(1);
        tasks.Join(s_bound).ShouldBeTrue();
        (other.Get(s_bound), plain.Get(s_bound)).ShouldBe((2, 3));
        words.PutMany(["a", "b"]);
        words.Full().ShouldBeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Primitives_CoordinateProcesses(bool inManager)
    {
        var space = Space(inManager);
        using var gate = space.Lock();
        using var again = space.RLock();
        using var permits = space.Semaphore(0);
        using var bounded = space.BoundedSemaphore();
        using var changed = space.Condition(gate);
        using var ready = space.Event();
        using var meeting = space.Barrier(2, timeout: s_bound);
        using var child = InChild.Start(() =>
        {
            ready.Wait(s_bound);
            using (again.Hold())
            using (gate.Hold())
            {
                permits.Release(2);
                changed.NotifyAll();
            }

            meeting.Wait();
        });
        using (gate.Hold())
        {
            ready.Set();
            changed.WaitFor(() => permits.Value == 2, s_bound).ShouldBeTrue("the child holds the lock, and tells the condition");
        }

        meeting.Wait().ShouldBeInRange(0, 1);
        bounded.Acquire(s_bound).ShouldBeTrue();
        bounded.Acquire(TimeSpan.Zero).ShouldBeFalse();
        child.Join(s_bound).ShouldBeTrue();
        child.ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Collections_AreChangedByOtherProcesses(bool inManager)
    {
        var space = Space(inManager);
        using var counts = space.Dictionary<string, int>([new("before", 1)]);
        using var nested = space.Dictionary<string, ListProxy<int>>();
        using var list = space.List([1, 2]);
        using var set = space.Set(["a"]);
        using var names = space.Namespace([new("x", 1)]);
        using var value = space.Value("text");
        using var array = space.Array([1, 2, 3]);
        using var zeros = space.Array<long>(2);
        nested["inner"] = list;
        InChild.Run(() =>
        {
            counts.Increment("word", 2);
            counts.Update("before", static x => x + 1);
            nested["inner"].Add(3);
            set.UnionWith(["b"]);
            names["y"] = 2;
            value.Value += " and more";
            array.Update(0, static x => x * 10);
            zeros[1] = 7;
        });
        counts.GetValue().ShouldBe(new Dictionary<string, int> { ["before"] = 2, ["word"] = 2 }, ignoreOrder: true);
        counts.Update("word", static x => x + 1).ShouldBe(3);
        list.ShouldBe([1, 2, 3]);
        set.ShouldBe(["a", "b"]);
        (names.Get<int>("x"), names.Get<int>("y")).ShouldBe((1, 2));
        value.Value.ShouldBe("text and more");
        array.ShouldBe([10, 2, 3]);
        zeros.ShouldBe([0, 7]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WrongArguments_AreRefusedAlike(bool inManager)
    {
        var space = Space(inManager);
        Should.Throw<ArgumentOutOfRangeException>(() => space.Semaphore(-1));
        Should.Throw<ArgumentOutOfRangeException>(() => space.BoundedSemaphore(1 << 24));
        Should.Throw<ArgumentOutOfRangeException>(() => space.Barrier(0));
        Should.Throw<ArgumentOutOfRangeException>(() => space.Array<int>(-1));
        Should.Throw<ArgumentNullException>(() => space.Array<int>(null!));
        Should.Throw<ArgumentNullException>(() => space.Dictionary<string, int>([new(null!, 1)]));
    }

    [Fact]
    public void InitialContentsThatAreRefused_LeaveNoObject()
    {
        string[] before = [.. Mp.Inspect().Select(static report => report.ToString()!)];
        Should.Throw<SerializationException>(() => Mp.Set<object>([new ManualResetEvent(initialState: false)]));
        Should.Throw<SerializationException>(() => Mp.Namespace([new("x", new ManualResetEvent(initialState: false))]));
        Mp.Inspect().Select(static report => report.ToString()!).Where(report => !before.Contains(report)).ShouldBeEmpty();
    }

    [Fact]
    public void DictionaryOfThisProcess_Disposed_IsGoneForOthers()
    {
        var words = Mp.Dictionary<string, int>();
        using var asked = Mp.Event();
        using var gone = Mp.Event();
        using var child = InChild.Start(() =>
        {
            words["a"] = 1;
            asked.Set();
            gone.Wait(s_bound);
            Should.Throw<ObjectDisposedException>(() => words["a"]);
        });
        asked.Wait(s_bound).ShouldBeTrue();
        words["a"].ShouldBe(1);
        words.Dispose();
        gone.Set();
        child.Join(s_bound).ShouldBeTrue();
        child.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void Mp_HasWhatASpaceHas()
    {
        // Values and arrays of Mp are in mapped memory: they are of other types.
        var ofSpaces = typeof(IObjectSpace).GetMethods().Where(static method => method.Name is not ("Value" or "Array")).Select(Signature).ToList();
        ofSpaces.Count.ShouldBeGreaterThan(10);
        typeof(Mp).GetMethods(BindingFlags.Public | BindingFlags.Static).Select(Signature).Intersect(ofSpaces).Count().ShouldBe(ofSpaces.Count);
    }

    private static string Signature(MethodInfo method) =>
        $"{method.ReturnType.Name} "
            + $"{method.Name}({string.Join(", ", method.GetParameters().Select(static each => $"{each.ParameterType.Name} {each.Name} {each.DefaultValue}"))})";

    private IObjectSpace Space(bool inManager) => inManager ? fixture.Manager : Mp.GetContext(StartMethod.Spawn);
}
