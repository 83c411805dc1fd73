using Multiproc.Serialization;

// The mistakes that the analyzers warn of are what is tested here.
#pragma warning disable MA0134, MA0147

namespace Multiproc.Tests.Processes;

/// <summary>An async lambda that became an action is refused where it is given, everywhere where somebody would wait for it.</summary>
public sealed class AsyncVoidTests
{
    private static readonly Action s_lambda = static async () => await Task.Yield();

    private static readonly Dictionary<string, Action> s_places = new()
    {
        ["Process"] = static () => Mp.Process(s_lambda),
        ["Process with an argument"] = static () => Mp.Process((Action<int>)(static async _ => await Task.Yield()), 1),
        ["Process with four arguments"] = static () => Mp.Process((Action<int, int, int, int>)(static async (_, _, _, _) => await Task.Yield()), 1, 2, 3, 4),
        ["Process with a token"] = static () => Mp.Process((Action<CancellationToken>)(static async _ => await Task.Yield())),
        ["Process with an argument and a token"] = static () => Mp.Process((Action<int, CancellationToken>)(static async (_, _) => await Task.Yield()), 1),
        ["Process of another context"] = static () => Mp.GetContext("forkserver").Process(s_lambda),
        ["a method"] = static () => Mp.Process((Action)Method),
        ["one of several targets"] = static () => Mp.Process((Action)(() => { }) + s_lambda),
        ["initializer of a pool"] = static () => Mp.Pool(1, initializer: s_lambda),
        ["finalizer of a pool"] = static () => Mp.Pool(1, finalizer: s_lambda),
        ["OnWorkerDeath"] = static () => Mp.Pool(1, new PoolOptions { OnWorkerDeath = static async _ => await Task.Yield() }),
        ["warm-up"] = static () => Mp.Configure(Mp.Options with { WarmHosts = new WarmHostOptions { WarmUp = s_lambda } }),
        ["action of a barrier"] = static () => Mp.Barrier(1, s_lambda),
        ["finalizer of the process"] = static () => _ = new Finalizer(s_lambda, exitPriority: 1),
        ["finalizer of an object"] = static () => _ = new Finalizer(new object(), s_lambda),
        ["initializer of a manager"] = static () => new SyncManager().Start(s_lambda),
        ["maker of a manager's type"] = static () => BaseManager.Register("AsyncVoid", s_lambda),
    };

    private static readonly Dictionary<string, Action<ProcessPool>> s_calls = new()
    {
        ["Apply"] = static pool => pool.Apply(s_lambda),
        ["Apply with an argument"] = static pool => pool.Apply((Action<int>)(static async _ => await Task.Yield()), 1),
        ["ApplyAsync"] = static pool => pool.ApplyAsync(s_lambda),
        ["callback of an action"] = static pool => pool.ApplyAsync(static () => { }, callback: s_lambda),
        ["callback"] = static pool => pool.ApplyAsync(static () => 1, callback: static async _ => await Task.Yield()),
        ["error callback"] = static pool => pool.ApplyAsync(static () => 1, errorCallback: static async _ => await Task.Yield()),
        ["callback of MapAsync"] = static pool => pool.MapAsync(static x => x, [1], callback: static async _ => await Task.Yield()),
    };

    public static TheoryData<string> Places => [.. s_places.Keys];

    [Theory]
    [MemberData(nameof(Places))]
    public void AsyncLambdaAsAnAction_IsRefused_AndToldWhatToWrite(string place) =>
        Should.Throw<ArgumentException>(s_places[place]).Message.ShouldContain("Func<Task>");

    [Fact]
    public void AsyncLambdaAsAnAction_InCallsOfAPool_IsRefused()
    {
        using var pool = Mp.Pool(1);
        foreach (var (place, call) in s_calls)
        {
            Should.Throw<ArgumentException>(() => call(pool), place).Message.ShouldContain("Func<Task>");
        }

        pool.Apply(static () => 3).ShouldBe(3, "a refused call leaves nothing behind");
    }

    [Fact]
    public void AsyncLambdaAsAnAction_InCallsOfAManager_IsRefused()
    {
        using var manager = new SyncManager();
        manager.Start();
        using var dictionary = manager.Dictionary<string, List<int>>();
        using var list = manager.List<List<int>>();
        dictionary["a"] = [];
        list.Add([]);
        Action<List<int>> change = static async _ => await Task.Yield();
        Should.Throw<ArgumentException>(() => dictionary.Update("a", change)).Message.ShouldContain("Func<Task>");
        Should.Throw<ArgumentException>(() => list.Update(0, change)).Message.ShouldContain("Func<Task>");
        Should.Throw<ArgumentException>(() => list.UpdateAll(static async _ => await Task.Yield())).Message.ShouldContain("Func<Task>");
        Should.Throw<ArgumentException>(() => dictionary.Transact(static async _ => await Task.Yield())).Message.ShouldContain("TransactAsync");
    }

    [Fact]
    public void AsyncVoidRun_IsRefusedAtTheStart() =>
        Should.Throw<InvalidOperationException>(new Hasty().Start).Message.ShouldContain("async but returns no Task");

    [Fact]
    public void AsyncVoidMethod_OfAManagersObject_IsRefusedWhenItIsMade()
    {
        BaseManager.Register<IHasty, HastyObject>("Hasty");
        BaseManager.Register("HastyOpen", static () => new HastyObject());
        using var manager = new SyncManager();
        manager.Start();
        Should.Throw<RemoteException>(() => manager.Create<IHasty>()).Message.ShouldContain("Let it return a Task");
        Should.Throw<RemoteException>(() => manager.Create("HastyOpen")).Message.ShouldContain("Let it return a Task");
    }

    [Fact]
    public void SynchronousActionsAndTasks_AreTaken()
    {
        AsyncVoid.Is(static () => { }).ShouldBeFalse();
        AsyncVoid.Is((Func<Task>)(static async () => await Task.Yield())).ShouldBeFalse();
        AsyncVoid.Is(s_lambda).ShouldBeTrue();
    }

    private static async void Method() => await Task.Yield();

    internal interface IHasty
    {
        void Go();
    }

    private sealed class Hasty : ChildProcess
    {
        protected override async void Run() => await Task.Yield();
    }

    private sealed class HastyObject : IHasty
    {
        public async void Go() => await Task.Yield();
    }
}
