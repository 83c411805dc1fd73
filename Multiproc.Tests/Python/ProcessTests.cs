using System.Diagnostics;
using Multiproc.TestKit;
using Multiproc.Tests.Connections;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Python;

/// <summary>Python processes that this program starts.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mp-python").FullName;

    public ProcessTests() => File.WriteAllText(Path.Combine(_folder, "jobs.py"), """
        import os, sys, time
        def add(x, y=1): return x + y
        def fail(text): raise KeyError(text)
        def leave(code): sys.exit(code)
        def work(jobs, totals, gate):
            done = 0
            while not jobs.empty():
                job = jobs.get()
                with gate:
                    totals[job] = totals.get(job, 0) + 1
                done += 1
            return totals, done
        def wait(ready):
            ready.set()
            time.sleep(600)
        if __name__ == '__main__':
            assert sys.argv[1:] == ['a', 2], sys.argv
            open(sys.argv[0] + '.done', 'w').close()
        """);

    public static TheoryData<string?> Versions => Interpreter.Versions;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Versions))]
    public void Function_ArgumentsAndResult_AreValues(string? version)
    {
        using var python = Mp.PythonProcess("jobs:add", Options(version), 2, 40);
        python.Start();
        python.Result<int>(InChild.Bound).ShouldBe(42);
        python.Join(InChild.Bound).ShouldBeTrue();
        python.Exited.Result.ShouldBe(0);
        Should.Throw<InvalidOperationException>(python.Start);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Script_HasItsArguments(string? version)
    {
        using var python = Mp.PythonProcess(Path.Combine(_folder, "jobs.py"), Options(version), "a", 2);
        python.Start();
        python.Result<object?>(InChild.Bound).ShouldBeNull();
        File.Exists(Path.Combine(_folder, "jobs.py.done")).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Function_Raises_ResultThrowsWithTheTraceback(string? version)
    {
        using var python = Mp.PythonProcess("jobs:fail", Options(version), "k");
        python.Start();
        var raised = Should.Throw<RemoteException>(() => python.Result<int>(InChild.Bound));
        raised.Message.ShouldContain("in fail");
        raised.InnerException.ShouldBeOfType<PythonException>().TypeName.ShouldBe("KeyError");
        python.Join(InChild.Bound).ShouldBeTrue();
        python.Exited.Result.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Function_Exits_CodeIsItsOwn(string? version)
    {
        using var python = Mp.PythonProcess("jobs:leave", Options(version), 7);
        python.Start();
        Should.Throw<MultiprocException>(() => python.Result<int>(InChild.Bound)).Message.ShouldContain("7");
        python.Join(InChild.Bound).ShouldBeTrue();
        python.Exited.Result.ShouldBe(7);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Facades_ArriveAsProxies_AndComeBack(string? version)
    {
        using var manager = Mp.Manager();
        using var server = manager.ServePython();
        var jobs = manager.Queue<string>();
        var totals = manager.Dictionary<string, int>();
        jobs.PutMany(["a", "b", "a"]);
        using var python = Mp.PythonProcess("jobs:work", Options(version) with { Server = server }, jobs, totals, manager.Lock());
        python.Start();
        var (same, done) = python.Result<(DictionaryProxy<string, int>, int)>(InChild.Bound);
        done.ShouldBe(3);
        same.ShouldBe(totals);
        totals.GetValue().ShouldBe(new Dictionary<string, int> { ["a"] = 2, ["b"] = 1 });
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Kill_EndsIt(string? version)
    {
        using var manager = Mp.Manager();
        using var server = manager.ServePython();
        var ready = manager.Event();
        using var python = Mp.PythonProcess("jobs:wait", Options(version) with { Server = server }, ready);
        python.Start();
        ready.Wait(InChild.Bound).ShouldBeTrue();
        python.IsAlive.ShouldBeTrue();
        python.Kill();
        python.Join(InChild.Bound).ShouldBeTrue();
        Should.Throw<MultiprocException>(() => python.Result<int>(InChild.Bound)).Message.ShouldContain("without a result");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Parent_IsKilled_PythonEndsToo(string? version)
    {
        using var manager = Mp.Manager();
        using var server = manager.ServePython();
        var ready = manager.Event();
        var pids = manager.Queue<int>();
        string interpreter = Interpreter.PathOf(version);
        string folder = _folder;
        var child = Mp.Process(
            static (string interpreter, string folder, SharedEvent ready, SharedQueue<int> pids) =>
            {
                using var own = Mp.Manager();
                using var server = own.ServePython();
                var begun = own.Event();
                using var python = Mp.PythonProcess(
                    "jobs:wait", new PythonProcessOptions { Interpreter = interpreter, WorkingDirectory = folder, Server = server }, begun);
                python.Start();
                begun.Wait();
                pids.Put(python.Pid);
                ready.Set();
                python.Join();
            },
            interpreter, folder, ready, pids);
        child.Start();
        ready.Wait(InChild.Bound).ShouldBeTrue();
        using var python = Process.GetProcessById(pids.Get(InChild.Bound));
        child.KillAndJoin();
        Await.Until("the Python process of the killed parent has ended", () => python.HasExited);
        child.Dispose();
    }

    [Fact]
    public void Misuse_IsRefused()
    {
        Should.Throw<ArgumentException>(() => Mp.PythonProcess("nothing")).Message.ShouldContain("module:function");
        using var none = Mp.PythonProcess("a:b", new PythonProcessOptions { Interpreter = "/no/such/python" });
        Should.Throw<ProcessStartException>(none.Start).Message.ShouldContain("/no/such/python");
        Should.Throw<InvalidOperationException>(() => none.Pid);
        using var unsendable = Mp.PythonProcess("a:b", Stream.Null);
        Should.Throw<SerializationException>(unsendable.Start);
        using var manager = Mp.Manager();
        using var facade = Mp.PythonProcess("a:b", manager.Lock());
        Should.Throw<InvalidOperationException>(facade.Start).Message.ShouldContain("Server");
    }

    private PythonProcessOptions Options(string? version) => new() { Interpreter = Interpreter.PathOf(version), WorkingDirectory = _folder };
}
