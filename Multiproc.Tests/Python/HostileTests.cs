using Microsoft.Win32.SafeHandles;
using Multiproc.Serialization.Pickle;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Python;

/// <summary>Clients that know the key and send whatever they like: each request has one answer, or ends its connection, and touches nothing else.</summary>
public sealed class HostileTests : IDisposable
{
    private const int Mutations = 20_000;

    private static readonly PythonObject s_token = new("multiprocessing.managers", "Token");
    private readonly PythonClient _python = new();

    public void Dispose() => _python.Dispose();

    [Fact]
    public void Channel_MutatedRequests_EachHasOneAnswer()
    {
        var list = _python.Offer("list1", _python.Manager.List<object>());
        using var connection = Client.Connect(_python.Server.Address, _python.Key);
        Ask(connection, new PyTuple(null, "accept_connection", new PyTuple("hostile"), NoNames())).ShouldBe(new PyTuple("#RETURN", null));
        string ident = Created("list1");
        byte[][] requests =
        [
            Pickle(new PyTuple(ident, "append", new PyTuple(new List<object?> { 1, "x" }), NoNames())),
            Pickle(new PyTuple(ident, "__getitem__", new PyTuple(Instance("slice", 0, 5, null)), NoNames())),
            Pickle(new PyTuple(ident, "extend", new PyTuple(Proxy(ident)), new Dictionary<object, object?> { ["k"] = 1.5 })),
            Pickle(new PyTuple(ident, "index", new PyTuple(new PyTuple(1, 2)), NoNames())),
            Pickle(new PyTuple(ident, "__mul__", new PyTuple(3), NoNames())),
            Pickle(new PyTuple(ident, "sort", PyTuple.Empty, NoNames())),
            Pickle(new PyTuple(ident, "clear", PyTuple.Empty, NoNames())),
        ];
        var random = new Random(7);
        for (int i = 0; i < 3000; i++)
        {
            byte[] mutated = [.. requests[random.Next(requests.Length)]];
            for (int changes = random.Next(3); changes >= 0; changes--)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }

            connection.SendBytes<byte>(mutated);
            var answer = (PyTuple)PickleReader.Read(connection.RecvBytes(timeout: InChild.Bound), names: new KeepsAll())!;
            answer.Count.ShouldBe(2);
            answer[0].ShouldBeOneOf("#RETURN", "#ERROR", "#TRACEBACK", "#PROXY", "#UNSERIALIZABLE");
        }

        list.Clear();
        Ask(connection, new PyTuple(ident, "append", new PyTuple(5), NoNames()));
        list.GetValue().ShouldBe([5]);
    }

    [Fact]
    public void Functions_MalformedRequests_AreAnsweredInWords()
    {
        object?[] requests =
        [
            null, 5, PyTuple.Empty, new PyTuple(null, "create", PyTuple.Empty, NoNames()), new PyTuple(null, "create", new PyTuple(1), NoNames()),
            new PyTuple(null, "nothing", PyTuple.Empty, NoNames()), new PyTuple(null, "incref", new PyTuple("zz"), NoNames()),
            new PyTuple(null, "decref", new PyTuple(5), NoNames()), new PyTuple(null, "get_methods", new PyTuple(s_token), NoNames()),
            new PyTuple(null, "create", new PyTuple("dict"), new Dictionary<object, object?> { [5] = 6 }),
            new PyTuple(null, "create", new PyTuple("Namespace"), new Dictionary<object, object?> { [5] = 6 }),
            new PyTuple(null, "create", new PyTuple("list", Instance("range", 0, long.MaxValue, 1)), NoNames()),
            new PyTuple(null, "create", new PyTuple("Array", "d", new List<object?> { "x" }), NoNames()),
            new PyTuple(null, "create", new PyTuple("Semaphore", -1), NoNames()),
        ];
        foreach (object? request in requests)
        {
            using var connection = Client.Connect(_python.Server.Address, _python.Key);
            var answer = Ask(connection, request);
            answer[0].ShouldBeOneOf("#TRACEBACK", "#RETURN");
            answer[1].ShouldBeOfType(answer[0] is "#RETURN" ? typeof(PyTuple) : typeof(string));
        }

        Created().ShouldNotBeEmpty();
    }

    [Fact]
    public void Lists_ThatContainThemselves_AreComparedToAnError()
    {
        string ident = Created();
        using var connection = Client.Connect(_python.Server.Address, _python.Key);
        Ask(connection, new PyTuple(null, "accept_connection", new PyTuple("hostile"), NoNames()));
        var whole = new List<object?>();
        whole.Add(whole);
        Ask(connection, new PyTuple(ident, "append", new PyTuple(whole), NoNames()))[0].ShouldBe("#RETURN");
        var answer = Ask(connection, new PyTuple(ident, "index", new PyTuple(whole), NoNames()));
        answer[0].ShouldBe("#ERROR");
        answer[1].ShouldBeOfType<PythonException>().TypeName.ShouldBe("RecursionError");
        ((string)Ask(connection, new PyTuple(ident, "__repr__", PyTuple.Empty, NoNames()))[1]!).ShouldContain("...");
    }

    [Fact]
    public void Frame_AnnouncedTooLarge_EndsItsConnection()
    {
        using var connection = Client.Connect(_python.Server.Address, _python.Key);
        Ask(connection, new PyTuple(null, "accept_connection", new PyTuple("hostile"), NoNames()));
        connection.Handle.ShouldNotBeNull();
        using (var handle = new SafeFileHandle(connection.Handle.DangerousGetHandle(), ownsHandle: false))
        using (var raw = new FileStream(handle, FileAccess.Write, 0))
        {
            raw.Write([0x7F, 0xFF, 0xFF, 0xFF]);
        }

        Should.Throw<EndOfStreamException>(() => connection.RecvBytes(timeout: InChild.Bound));
        Created().ShouldNotBeEmpty();
    }

    [Fact]
    public void Reader_ThatKeepsUnknownNames_MutatedPickles_AreReadOrRefused()
    {
        var value = new PythonObject(new PythonObject("m", "C"), new PyTuple(1, "a", new List<object?> { 2 }), isNew: true);
        value.SetState(new Dictionary<object, object?> { ["x"] = value });
        value.Append([1, 2, 3]);
        value.SetItems(["k", "v"]);
        byte[] pickle = Pickle(new PyTuple(value, new PythonObject("builtins", "int"), new List<object?> { value, 1.5, DateTime.UnixEpoch }));
        var random = new Random(11);
        int read = 0;
        for (int i = 0; i < Mutations; i++)
        {
            byte[] mutated = [.. pickle];
            for (int changes = random.Next(4); changes >= 0; changes--)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }

            try
            {
                PickleReader.Read(mutated, names: new KeepsAll());
                read++;
            }
            catch (SerializationException)
            {
                // Refused: that is the other thing it may do.
            }
        }

        read.ShouldBeInRange(1, Mutations - 1);
    }

    [Fact]
    public void PythonObject_ReadAndWritten_IsTheSame()
    {
        var value = new PythonObject(new PythonObject("m", "C"), new PyTuple(1), new Dictionary<object, object?> { ["named"] = 2 }, isNew: true);
        value.SetState(new PyTuple(value, "state"));
        value.Append([1]);
        value.SetItems([1, 2]);
        byte[] pickle = Pickle(value);
        var back = PickleReader.Read(pickle, names: new KeepsAll()).ShouldBeOfType<PythonObject>();
        back.State.ShouldBeOfType<PyTuple>()[0].ShouldBeSameAs(back);
        back.ToString().ShouldBe("<m.C(1,)>");
        Pickle(back).ShouldBe(pickle);
        Should.Throw<SerializationException>(() => PickleReader.Read(pickle)).Message.ShouldContain("m.C");
    }

    private static Dictionary<object, object?> NoNames() => [];

    private static PythonObject Instance(string type, params object?[] arguments) => new(new PythonObject("builtins", type), new PyTuple(arguments));

    private static byte[] Pickle(object? value) => PickleWriter.ToBytes(value);

    private static PyTuple Ask(Connection connection, object? request)
    {
        connection.SendBytes<byte>(Pickle(request));
        return (PyTuple)PickleReader.Read(connection.RecvBytes(timeout: InChild.Bound), names: new KeepsAll())!;
    }

    private static PythonObject Proxy(string ident)
    {
        var token = new PythonObject(s_token, PyTuple.Empty, isNew: true);
        token.SetState(new PyTuple("list", "address", ident));
        return new PythonObject(
            new PythonObject("multiprocessing.managers", "RebuildProxy"),
            new PyTuple(new PythonObject("multiprocessing.managers", "ListProxy"), token, "pickle", NoNames()));
    }

    private string Created(string typeId = "list")
    {
        using var connection = Client.Connect(_python.Server.Address, _python.Key);
        return (string)((PyTuple)Ask(connection, new PyTuple(null, "create", new PyTuple(typeId), NoNames()))[1]!)[0]!;
    }

    private sealed class KeepsAll : IPickleNames
    {
        public PickleGlobal? Find(string module, string name) => null;
    }
}
