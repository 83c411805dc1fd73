using Multiproc.TestKit;
using Multiproc.Tests.Connections;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Python;

/// <summary>Objects that C# and Python share, proxies inside of values, references that are counted, and the functions of the server.</summary>
public sealed class SharingTests : IDisposable
{
    private readonly PythonClient _python = new();

    public static TheoryData<string?> Versions => Interpreter.Versions;

    public void Dispose() => _python.Dispose();

    [Theory]
    [MemberData(nameof(Versions))]
    public void Offer_ObjectsOfCSharp_AreTheSameInPython(string? version)
    {
        var jobs = _python.Offer("jobs", _python.Manager.Queue<int>());
        var results = _python.Offer("results", _python.Manager.Dictionary<string, int>());
        var names = _python.Offer("names", _python.Manager.List<string>());
        jobs.PutMany([1, 2, 3]);
        _python.Run(version, """
            jobs, results, names = m.jobs(), m.results(), m.names()
            while not jobs.empty():
                n = jobs.get()
                results[str(n)] = n * n
                names.append('job %d' % n)
            assert 'Int32' in str(raises(TypeError, jobs.put, 'text'))
            raises(TypeError, results.__setitem__, 5, 1)
            jobs.put(4)
            """);
        results.GetValue().ShouldBe(new Dictionary<string, int> { ["1"] = 1, ["2"] = 4, ["3"] = 9 });
        names.GetValue().ShouldBe(["job 1", "job 2", "job 3"]);
        jobs.Get(InChild.Bound).ShouldBe(4);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Offer_ALock_ExcludesAcrossLanguages(string? version)
    {
        var gate = _python.Offer("gate", _python.Manager.Lock());
        var count = _python.Offer("count", _python.Manager.Value(0));
        var python = _python.Start(version, """
            gate, count = m.gate(), m.count()
            say('ready')
            for _ in range(300):
                with gate:
                    count.set(count.get() + 1)
            """);
        python.StandardOutput.ReadLine().ShouldBe("ready");
        for (int i = 0; i < 300; i++)
        {
            using (gate.Hold())
            {
                count.Value++;
            }
        }

        python.ShouldEnd();
        count.Value.ShouldBe(600);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Event_SetByCSharp_WakesPython_AndTheOtherWayRound(string? version)
    {
        var there = _python.Offer("there", _python.Manager.Event());
        var back = _python.Offer("back", _python.Manager.Event());
        var python = _python.Start(version, "assert m.there().wait(60)\nm.back().set()");
        there.Set();
        back.Wait(InChild.Bound).ShouldBeTrue();
        python.ShouldEnd();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Proxies_InsideOfContainers_StayProxies(string? version)
    {
        var box = _python.Offer("box", _python.Manager.Dictionary<string, object>());
        _python.Run(version, """
            inner = m.list([1]); inner2 = m.dict(); q = m.Queue()
            outer = m.list([inner]); outer.append(inner2); outer.append(q)
            outer[0].append(2); outer[1]['k'] = 'v'; outer[2].put('item')
            same(inner[:], [1, 2]); same(inner2['k'], 'v'); same(q.get(), 'item')
            del inner
            same(outer[0][:], [1, 2])
            taken = outer.pop(0); taken.append(3); same(taken[:], [1, 2, 3])
            box = m.box()
            box['list'] = taken
            box['self'] = m.dict(); box['self']['box'] = box['self']
            """);
        var list = box["list"].ShouldBeOfType<ListProxy<object>>();
        list.GetValue().ShouldBe([1, 2, 3]);
        list.Append("from C#");
        box["queue"] = _python.Manager.Queue<string>();
        ((SharedQueue<string>)box["queue"]).Put("typed");
        _python.Run(version, """
            same(m.box()['list'][:], [1, 2, 3, 'from C#'])
            same(m.box()['queue'].get(), 'typed')
            """);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void ChildrenOfPython_ShareWhatTheyWereGiven(string? version) => _python.Run(version, """
        counts, gate = m.dict(n=0), m.Lock()
        context = multiprocessing.get_context('fork')
        def work(counts, gate):
            for _ in range(50):
                with gate:
                    counts['n'] += 1
        children = [context.Process(target=work, args=(counts, gate)) for _ in range(3)]
        [each.start() for each in children]; [each.join() for each in children]
        same([each.exitcode for each in children], [0, 0, 0])
        same(counts['n'], 150)
        """);

    [Theory]
    [MemberData(nameof(Versions))]
    public void References_OfAProcessThatEnds_AreFreed(string? version)
    {
        _python.Run(version, """
            kept = m.list(); same(m._number_of_objects(), 1)
            gone = m.dict(); same(m._number_of_objects(), 2)
            assert 'refcount=1' in m._debug_info()
            del gone; same(m._number_of_objects(), 1)
            it = iter(m.dict(a=1)); same(m._number_of_objects(), 2)
            del it; same(m._number_of_objects(), 1)
            """);
        Await.Until("the proxies of the process that ended are not counted any more", () => _python.Server.NumberOfObjects == 0);
        var python = _python.Start(version, "kept = [m.list() for _ in range(5)]\nkept[0].append(1)\nsay('made')\nhear()");
        python.StandardOutput.ReadLine().ShouldBe("made");
        _python.Server.NumberOfObjects.ShouldBe(5);
        python.Kill();
        Await.Until("the proxies of the process that was killed are not counted any more", () => _python.Server.NumberOfObjects == 0);
        Await.Until("its connections are gone", () => _python.Server.Connections == 0);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Errors_AreRemoteErrors_WhereTheyAreInPython(string? version) => _python.Run(version, """
        BaseManager.register('nothing'); b = BaseManager(address, authkey=key); b.connect()
        assert 'nothing' in str(raises(RemoteError, b.nothing))
        assert 'typecode' in str(raises(RemoteError, m.Array, 'z', [1]))
        assert 'not iterable' in str(raises(RemoteError, m.list, 5))
        a = m.list()
        assert 'exposed' in str(raises(RemoteError, a._callmethod, 'nothing'))
        raises(NotImplementedError, a.sort, key=len)
        raises(TypeError, a._callmethod, 'append')
        raises(TypeError, m.Queue()._callmethod, 'get', (1, 2, 3, 4))
        from multiprocessing import AuthenticationError
        raises(AuthenticationError, SyncManager(address, authkey=b'wrong').connect)
        same(a[:], [])
        """);

    [Theory]
    [MemberData(nameof(Versions))]
    public void Tcp_EverythingWorksToo(string? version)
    {
        using var tcp = new PythonClient(tcp: true);
        tcp.Run(version, """
            outer = m.list([m.dict(a=1)]); same(outer[0]['a'], 1)
            q = m.Queue(); q.put(1); same(q.get(), 1)
            with m.RLock(): pass
            """);
        Await.Until("the proxies of the process are not counted any more", () => tcp.Server.NumberOfObjects == 0);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Shutdown_ByPython_StopsTheServer_NotTheManager(string? version)
    {
        _python.Run(version, """
            from multiprocessing.managers import dispatch
            from multiprocessing.connection import Client
            connection = Client(address, authkey=key); dispatch(connection, None, 'shutdown'); connection.close()
            """);
        _python.Server.Join(InChild.Bound).ShouldBeTrue();
        _python.Manager.List([1]).Count.ShouldBe(1);
    }

    [Fact]
    public void Offer_WhatCannotBe_IsRefused()
    {
        _python.Offer("list1", _python.Manager.List<int>());
        Should.Throw<ArgumentException>(() => _python.Server.Offer("list1", _python.Manager.List<int>())).Message.ShouldContain("list1");
        Should.Throw<ArgumentException>(() => _python.Server.Offer("dict", _python.Manager.List<int>())).Message.ShouldContain("dict");
        using var ours = Mp.Queue<int>();
        Should.Throw<NotSupportedException>(() => _python.Server.Offer("ours", ours)).Message.ShouldContain("manager");
        Should.Throw<ArgumentException>(() => _python.Server.Offer("", _python.Manager.Lock()));
    }
}
