using Multiproc.Tests.Connections;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Python;

/// <summary>C# classes that Python programs make objects of, in the manager's process.</summary>
public sealed class ClassTests : IDisposable
{
    private const string Registered = """
        Manager.register('Calculator'); Manager.register('History')

        """;

    private readonly PythonClient _python = new();

    public ClassTests()
    {
        var iterators = new Dictionary<string, string> { ["Steps"] = "Iterator" };
        _python.Server.Register<Calculator>("Calculator", new PythonClassOptions { MethodToTypeId = iterators });
        _python.Server.Register<History>("History", new PythonClassOptions { Exposed = ["Last", "note"] });
    }

    public static TheoryData<string?> Versions => Interpreter.Versions;

    public void Dispose() => _python.Dispose();

    [Theory]
    [MemberData(nameof(Versions))]
    public void Object_MadeByPython_IsCalledByBothStylesOfNames(string? version) => _python.Run(version, Registered + """
        c = m.Calculator(start=5)
        same(c.add(2), 7); same(c.Add(amount=3), 10); same(c.add_all(1, 2, 3), 16); same(c.get_total(), 16)
        c.set_total(1); same(c.get_total(), 1)
        same(c.describe([1, 2], {'a': 1.5}), '2 and 1, 0'); same(c.describe([], {}, level=4), '0 and 0, 4')
        same(c.add_later(1), 2)
        same(str(c), 'a calculator at 2')
        same(sorted(c.squares(3)), [0, 1, 4])
        same(str(raises(ValueError, c.fail, 'so')), 'so')
        assert 'amount' in str(raises(TypeError, c.add, 'text')); raises(TypeError, c.add); raises(TypeError, c.add, 1, 2); raises(TypeError, c.add, other=1)
        same(list(c.steps(3)), [0, 1, 2])
        same(m.Calculator().get_total(), 0)
        assert 'negative' in str(raises(RemoteError, m.Calculator, -1))
        assert 'Dispose' not in c._exposed_ and 'GetHashCode' not in c._exposed_
        """);

    [Theory]
    [MemberData(nameof(Versions))]
    public void Results_OfRegisteredClasses_AreProxiesOfOneObject(string? version) => _python.Run(version, Registered + """
        c = m.Calculator()
        first, second = c.get_history(), c.get_history()
        first.note('one'); same(second.last(), 'one'); same(first._token.id, second._token.id)
        assert not hasattr(first, 'hidden') and not hasattr(first, 'Hidden')
        same(c.last_of(first), 'one')
        box = m.list([first]); same(box[0].last(), 'one')
        raises(RemoteError, first._callmethod, 'hidden')
        """);

    [Theory]
    [MemberData(nameof(Versions))]
    public void Object_ThatNoProxyIsLeftOf_IsDisposed(string? version)
    {
        var log = _python.Offer("log", _python.Manager.Queue<string>());
        _python.Run(version, Registered + """
            c = m.Calculator()
            c.tell_end(m.log())
            kept = c.get_history()
            before = m._number_of_objects()
            del c
            same(m._number_of_objects(), before - 1)
            kept.note('still here'); same(kept.last(), 'still here')
            """);
        log.Get(InChild.Bound).ShouldBe("disposed");
        var dies = _python.Start(version, Registered + """
            c = m.Calculator()
            c.tell_end(m.log())
            say('made'); hear()
            """);
        dies.StandardOutput.ReadLine().ShouldBe("made");
        dies.Kill();
        log.Get(InChild.Bound).ShouldBe("disposed", "the process died, and its objects are freed");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Calls_OfManyThreads_RunOneByOneUnlessConcurrent(string? version)
    {
        _python.Server.Register<Meeting>("Meeting", new PythonClassOptions { Concurrent = true });
        _python.Run(version, Registered + """
            Manager.register('Meeting')
            c = m.Calculator()
            def count():
                for _ in range(100):
                    c.add_slowly(1)
            threads = [threading.Thread(target=count) for _ in range(4)]
            [t.start() for t in threads]; [t.join() for t in threads]
            same(c.get_total(), 400)
            meeting = m.Meeting(2)
            met = []
            threads = [threading.Thread(target=lambda: met.append(meeting.meet())) for _ in range(2)]
            [t.start() for t in threads]; [t.join() for t in threads]
            same(met, [True, True])
            """);
    }

    [Fact]
    public void Registration_OfWhatCannotBe_IsRefused()
    {
        Should.Throw<ArgumentException>(() => _python.Server.Register<Stream>("Stream"));
        Should.Throw<ArgumentException>(() => _python.Server.Register<Calculator>(""));
        Should.Throw<ArgumentException>(() => _python.Server.Register<Calculator>("Other", new PythonClassOptions { Exposed = ["Nothing"] }));
        Should.Throw<ArgumentException>(() => _python.Server.Register<Calculator>("Calculator")).Message.ShouldContain("another name");
        Should.Throw<ArgumentException>(() => _python.Server.Register<Calculator>("dict"));
    }

    internal sealed class Calculator : IDisposable
    {
        private SharedQueue<string>? _log;

        public Calculator(int start = 0) => Total = start >= 0 ? start : throw new ArgumentException("it must not be negative");

        public int Total { get; set; }

        public History History { get; } = new();

        public int Add(int amount) => Total += amount;

        public int AddAll(params int[] amounts) => Total += amounts.Sum();

        public void AddSlowly(int amount)
        {
            int before = Total;
            Thread.Yield();
            Total = before + amount;
        }

        public async Task<int> AddLater(int amount)
        {
            await Task.Yield();
            return Total += amount;
        }

        public string Describe(List<int> items, Dictionary<string, double> named, int level = 0) => $"{items.Count} and {named.Count}, {level}";

        public IEnumerable<int> Squares(int count) => Enumerable.Range(0, count).Select(static each => each * each);

        public IEnumerable<int> Steps(int count) => Enumerable.Range(0, count);

        public string? LastOf(History history) => ReferenceEquals(history, History) ? history.Last() : "another one";

        public void Fail(string why) => throw new ArgumentException(why);

        public void TellEnd(SharedQueue<string> log) => _log = log;

        public override string ToString() => $"a calculator at {Total}";

        public void Dispose() => _log?.Put("disposed");
    }

    internal sealed class History
    {
        private string? _last;

        public string? Last() => _last;

        public void Note(string what) => _last = what;

        public void Hidden() => _last = "hidden";
    }

    /// <summary>Calls that end only together.</summary>
    internal sealed class Meeting(int parties) : IDisposable
    {
        private readonly Barrier _barrier = new(parties);

        public bool Meet(CancellationToken cancellation) => _barrier.SignalAndWait(InChild.Bound, cancellation);

        public void Dispose() => _barrier.Dispose();
    }
}
