using System.Text;
using Multiproc.Serialization;
using Multiproc.Serialization.XmlRpc;
using Multiproc.Tests.Connections;

namespace Multiproc.Tests.Python;

/// <summary>Python's serializer 'xmlrpclib', against real CPythons in both directions.</summary>
public sealed class XmlRpcTests : IDisposable
{
    private readonly PythonClient _python = new(serializer: PythonSerializer.XmlRpc);

    public static TheoryData<string?> Versions => Interpreter.Versions;

    public void Dispose() => _python.Dispose();

    [Theory]
    [MemberData(nameof(Versions))]
    public void Client_OfXmlRpc_UsesObjectsOfCSharp(string? version)
    {
        var numbers = _python.Offer("numbers", _python.Manager.Dictionary<string, int>());
        _python.Server.Register<ClassTests.History>("History");
        _python.Run(version, """
            Manager.register('History')
            d = m.dict({'a': [1, None, True, 2.5, 'ä <&> \n', {'k': b'\x00\xff'}]})
            same(d['a'], [1, None, True, 2.5, 'ä <&> \n', {'k': b'\x00\xff'}])
            d['b'] = (1, (2, 3)); same(d['b'], [1, [2, 3]]); same(d.get('z', 9), 9); same(len(d), 2)
            assert "KeyError" in str(raises(RemoteError, d.__getitem__, 'z'))
            q = m.Queue(1)
            q.put('one'); assert 'Full' in str(raises(RemoteError, q.put, 'two', True, 0.01)); same(q.get(), 'one')
            assert 'Empty' in str(raises(RemoteError, q.get, False))
            with m.Lock():
                pass
            same(m.Value('i', 7).get(), 7); same(m.list([3, 1, 2]).pop(), 2)
            m.numbers()['x'] = 5
            h = m.History(); h.note('said'); same(h.last(), 'said')
            raises(Exception, d.__setitem__, 'c', time.sleep)
            raises(RemoteError, d.__iter__)
            big = 'x' * 300000; d['big'] = big; same(d['big'], big)
            """);
        numbers["x"].ShouldBe(5);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void OwnTestOfCPythons_RemoteManager_PassesAgainstOurServer(string? version)
    {
        _python.Offer("get_queue", _python.Manager.Queue<object>());
        var python = _python.Start(version, """
            import unittest
            try:
                import test._test_multiprocessing as T
            except ImportError:
                say('no tests'); sys.exit(0)
            class Foreign:
                def __init__(self, *arguments, **named):
                    super().__init__(address=address, authkey=key, serializer='xmlrpclib')
                def start(self):
                    self.connect()
                def shutdown(self):
                    pass
            same(T.SERIALIZER, 'xmlrpclib')
            T.QueueManager = type('QueueManager', (Foreign, T.QueueManager), {})
            T.QueueManager2 = type('QueueManager2', (Foreign, T.QueueManager2), {})
            multiprocessing.set_start_method('fork', force=True)
            made = type('WithManagerTestRemoteManager', (T._TestRemoteManager, T.ManagerMixin, unittest.TestCase), {'manager': m})
            made.setUpClass = made.tearDownClass = classmethod(lambda kind: None)
            result = unittest.TextTestRunner(stream=sys.stderr, verbosity=2).run(unittest.defaultTestLoader.loadTestsFromTestCase(made))
            say('ran', result.testsRun, 'failed', len(result.failures) + len(result.errors))
            sys.exit(0 if result.wasSuccessful() and result.testsRun == 1 else 1)
            """);
        var output = python.StandardOutput.ReadToEndAsync();
        python.ShouldEnd();
        Assert.SkipWhen(output.Result.Trim() == "no tests", "this CPython was installed without its own tests");
        output.Result.Trim().ShouldBe("ran 1 failed 0");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Manager_OfCPythonByXmlRpc_IsUsedByCSharp(string? version)
    {
        string socket = Path.Combine(Path.GetTempPath(), $"mp-{Guid.NewGuid():N}");
        using var server = Interpreter.Start(version, """
            import sys
            from multiprocessing.managers import SyncManager
            server = SyncManager(sys.argv[1], b'a secret of both', serializer='xmlrpclib').get_server()
            print('listening', flush=True)
            server.serve_forever()
            """, socket);
        try
        {
            server.StandardOutput.ReadLine().ShouldBe("listening");
            using var python = PythonManager.Connect(socket, _python.Key, serializer: PythonSerializer.XmlRpc);
            using var queue = python.Queue<List<object?>>();
            queue.Put([1, "ä", null, 2.5, new byte[] { 1, 2 }, true]);
            queue.Get().ShouldBe(new object?[] { 1, "ä", null, 2.5, new byte[] { 1, 2 }, true });
            using var entries = python.Dictionary<string, long>();
            entries["k"] = 5_000_000;
            entries["k"].ShouldBe(5_000_000);
            Should.Throw<SerializationException>(() => entries.Proxy.Call("get", new HashSet<int> { 1 })).Message.ShouldContain("pickle");
        }
        finally
        {
            server.Kill();
            server.WaitForExit();
            File.Delete(socket);
        }
    }

    [Theory]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"c\">]><params><param><value>&b;</value></param></params>")]
    [InlineData("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><params><param><value/></param></params>")]
    [InlineData("<params><param><value>&b;</value></param></params>")]
    [InlineData("<params><param><value><int>1</int><int>2</int></value></param></params>")]
    [InlineData("<params><param><value><int>one</int></value></param></params>")]
    [InlineData("<params><param><value>a<int>1</int></value></param></params>")]
    [InlineData("<params><param><value><object/></value></param></params>")]
    [InlineData("<params><param><value><boolean>2</boolean></value></param></params>")]
    [InlineData("<params><param><value><base64>*</base64></value></param></params>")]
    [InlineData("<params><param><value><struct><member><value/></member></struct></value></param></params>")]
    [InlineData("<params><param><value/></param><param><value/></param></params>")]
    [InlineData("<params><param><value/></param></params><params/>")]
    [InlineData("<params><param><value>")]
    [InlineData("")]
    public void Document_ThatIsNoValue_IsRefused(string document) =>
        Should.Throw<SerializationException>(() => XmlRpcReader.Read(Encoding.UTF8.GetBytes(document))).Message.ShouldContain("XML-RPC");

    [Fact]
    public void Document_NestedTooDeep_IsRefused()
    {
        string deep = string.Concat(Enumerable.Repeat("<value><array><data>", 5000));
        Should.Throw<SerializationException>(() => XmlRpcReader.Read(Encoding.UTF8.GetBytes($"<params><param>{deep}"))).Message.ShouldContain("1000 levels");
        object? nested = 1;
        for (int i = 0; i < 2000; i++)
        {
            nested = new List<object?> { nested };
        }

        using var writer = new WireWriter();
        Should.Throw<SerializationException>(() => XmlRpcWriter.Write(writer, nested)).Message.ShouldContain("1000 levels");
        Should.Throw<SerializationException>(() => XmlRpcWriter.Write(writer, "\0")).Message.ShouldContain("characters");
        writer.Length.ShouldBe(0);
    }

    [Fact]
    public void Values_WrittenAndRead_AreTheSame()
    {
        object?[] values =
        [
            null, true, false, 0, -5, int.MaxValue, long.MinValue, System.Numerics.BigInteger.Pow(10, 40), 0.1, double.NaN, double.PositiveInfinity, "", "  ",
            "a\r\n<&>]]>", "ä€😀", new byte[] { 0, 255 }, Array.Empty<byte>(), new DateTime(2024, 2, 29, 1, 2, 3), new List<object?>(),
            new List<object?> { 1, new List<object?> { "x" } },
        ];
        foreach (object? value in values)
        {
            using var writer = new WireWriter();
            XmlRpcWriter.Write(writer, value);
            XmlRpcReader.Read(writer.Written).ShouldBe(value, Encoding.UTF8.GetString(writer.Written));
        }

        using var document = new WireWriter();
        XmlRpcWriter.Write(document, new Dictionary<object, object?> { ["a"] = new List<object?> { null }, ["b"] = new Dictionary<string, int>() });
        var read = XmlRpcReader.Read(document.Written).ShouldBeOfType<Dictionary<object, object?>>();
        read["a"].ShouldBe(new List<object?> { null });
        read["b"].ShouldBeOfType<Dictionary<object, object?>>().ShouldBeEmpty();
    }
}
