using System.Diagnostics;
using System.Text;
using Multiproc.TestKit;
using Multiproc.Tests.Connections;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Python;

/// <summary>This library as the client of a manager that runs in CPython.</summary>
public sealed class ClientTests : IDisposable
{
    private const string Serve = """
        import sys
        from multiprocessing.managers import SyncManager
        class Maths:
            def __init__(self, base): self.base = base
            def add_up(self, x, y=0): return self.base + x + y
            def fail(self, text): raise ValueError(text)
            def make_pair(self): return (1, 'a')
        class Manager(SyncManager): pass
        Manager.register('Maths', Maths)
        address, key = sys.argv[1], bytes.fromhex(sys.argv[2])
        host, colon, port = address.rpartition(':')
        server = Manager((host, int(port)) if colon else address, authkey=key).get_server()
        print(server.address if isinstance(server.address, str) else '%s:%d' % server.address, flush=True)
        server.serve_forever()
        """;

    private static readonly byte[] s_key = Encoding.UTF8.GetBytes("a secret of both");
    private readonly string _folder = Directory.CreateTempSubdirectory("mp-python").FullName;
    private Process? _server;

    public interface IMaths : IDisposable
    {
        int AddUp(int x, int y);

        void Fail(string text);

        (int Number, string Text) MakePair();
    }

    public static TheoryData<string?> Versions => Interpreter.Versions;

    public void Dispose()
    {
        if (_server is not null)
        {
            _server.Kill();
            _server.WaitForExit();
            _server.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Facades_OfListDictQueue_AreTheObjectsOfPython(string? version)
    {
        using var python = Connect(version);
        var list = python.List<int>();
        list.Add(1);
        list.Extend([2, 3]);
        list[0] = 10;
        list.ShouldBe([10, 2, 3]);
        list.Count.ShouldBe(3);
        list.IndexOf(3).ShouldBe(2);
        list.IndexOf(99).ShouldBe(-1);
        list.Remove(2).ShouldBeTrue();
        list.Pop().ShouldBe(3);
        Should.Throw<ArgumentOutOfRangeException>(() => list[9]);
        list.Clear();
        list.Count.ShouldBe(0);

        var totals = python.Dictionary<string, double>();
        totals["a"] = 1.5;
        totals.SetDefault("a", 9).ShouldBe(1.5);
        totals.TryGetValue("z", out _).ShouldBeFalse();
        Should.Throw<KeyNotFoundException>(() => totals["z"]);
        totals.GetValue().ShouldBe(new Dictionary<string, double> { ["a"] = 1.5 });
        totals.Remove("a").ShouldBeTrue();
        totals.Remove("a").ShouldBeFalse();

        var queue = python.Queue<string>(1);
        queue.Put("job");
        Should.Throw<QueueFullException>(() => queue.Put("more", TimeSpan.Zero));
        queue.QSize().ShouldBe(1);
        queue.Get(InChild.Bound).ShouldBe("job");
        queue.TryGet(out _).ShouldBeFalse();
        Should.Throw<QueueEmptyException>(() => queue.Get(TimeSpan.FromMilliseconds(20)));
        queue.TaskDone();
        queue.Join();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Dynamic_AndTyped_CallMethodsByPythonsNames(string? version)
    {
        using var python = Connect(version, tcp: true);
        dynamic maths = python.Create("Maths", 100);
        ((int)maths.add_up(1)).ShouldBe(101);
        ((int)maths.add_up(1, y: 2)).ShouldBe(103);
        using var typed = python.CreateAs<IMaths>("Maths", 10);
        typed.AddUp(1, 2).ShouldBe(13);
        typed.MakePair().ShouldBe((1, "a"));
        var raised = Should.Throw<PythonException>(() => typed.Fail("no"));
        raised.TypeName.ShouldBe("ValueError");
        raised.Arguments.ShouldBe(new PyTuple("no"));
        Should.Throw<RemoteException>(() => python.Create("Nothing")).Message.ShouldContain("Nothing");
        Should.Throw<RemoteException>(() => ((PythonProxy)maths).Call("nothing"));
        dynamic space = python.Create("Namespace");
        space.name = "Bob";
        ((string)space.name).ShouldBe("Bob");
        dynamic value = python.Create("Value", "i", 3);
        ((int)value.value).ShouldBe(3);
        ((string)value.ToString()).ShouldBe("Value('i', 3)");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Proxies_NestAndAreCounted(string? version)
    {
        using var python = Connect(version);
        var inner = python.Create("list", new List<object?> { 1 });
        dynamic outer = python.Create("list");
        outer.append(inner);
        var again = ((object?)outer[0]).ShouldBeOfType<PythonProxy>();
        again.Call("append", 2);
        inner.GetValue().ShouldBe(new List<object?> { 1, 2 });
        python.NumberOfObjects.ShouldBe(2);
        inner.Dispose();
        again.Dispose();
        Await.Until("only the outer list is counted", () => python.NumberOfObjects == 1);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void RLock_BelongsToTheThread(string? version)
    {
        using var python = Connect(version);
        var gate = python.Create("RLock");
        gate.Call<bool>("acquire").ShouldBeTrue();
        gate.Call<bool>("acquire").ShouldBeTrue();
        bool? other = null;
        var thread = new Thread(() => other = gate.Call<bool>("acquire", false));
        thread.Start();
        thread.Join();
        other.ShouldBe(false);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Get_Cancelled_EndsTheWait_AndTheManagerCanBeUsed(string? version)
    {
        using var python = Connect(version);
        var queue = python.Queue<int>();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        Should.Throw<OperationCanceledException>(() => queue.Get(null, cancel.Token));
        python.List<int>().Count.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Manager_Ends_CallsFailWithItsAddress(string? version)
    {
        using var python = Connect(version);
        var queue = python.Queue<int>();
        queue.QSize().ShouldBe(0);
        var waits = Task.Run(() => queue.Get());
        _server!.Kill();
        Should.Throw<ConnectionLostException>(() => waits.GetAwaiter().GetResult()).Message.ShouldContain(python.Address);
        Should.Throw<ConnectionLostException>(() => python.Create("list")).Message.ShouldContain(python.Address);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Connect_WrongKey_IsRefused(string? version)
    {
        using var python = Connect(version);
        Should.Throw<AuthenticationException>(() => PythonManager.Connect(python.Address, [1, 2, 3]));
    }

    private PythonManager Connect(string? version, bool tcp = false)
    {
        string file = Path.Combine(_folder, "serve.py");
        File.WriteAllText(file, Serve);
        _server = Interpreter.StartFile(version, file, tcp ? "127.0.0.1:0" : Path.Combine(_folder, "socket"), Convert.ToHexString(s_key));
        string address = _server.StandardOutput.ReadLine() ?? throw new InvalidOperationException(_server.StandardError.ReadToEnd());
        return PythonManager.Connect(address, s_key);
    }
}
