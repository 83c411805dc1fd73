using System.Collections.Concurrent;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Multiproc.Serialization.Pickle;
using Multiproc.Serialization.XmlRpc;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Python.Fuzzing;

/// <summary>
/// Sends damaged requests to a server for Python programs, over connections that know the key: each has exactly one answer of a known kind. In between come
/// damaged frames, which end their connection and nothing else, requests of the manager itself, and damaged XML for its reader.
/// </summary>
internal sealed class ServerFuzz
{
    private const int Together = 32;
    private const int InputsForAFunction = 200;
    private const int InputsForAFrame = 500;
    private const int InputsForXml = 20;

    private readonly PythonClient _python;
    private readonly Random _random;
    private readonly Mutator _calls;
    private readonly Mutator _functions;
    private readonly Mutator _xml;
    private readonly List<string> _kept = [];
    private Connection _channel;

    public ServerFuzz(PythonClient python, int seed)
    {
        _python = python;
        _random = new Random(seed);
        var idents = new Dictionary<string, string>
        {
            ["@list"] = Created("list", new List<object?> { 1, 2, 3 }), ["@dict"] = Created("dict"), ["@queue"] = Created("Queue"), ["@set"] = Created("set"),
            ["@value"] = Created("Value", "i", 5), ["@event"] = Created("Event"), ["@array"] = Created("Array", "i", new List<object?> { 1, 2, 3 }),
            ["@space"] = Created("Namespace"), ["@class"] = Created("Calculator"),
        };
        var corpus = new RequestCorpus(idents);
        _calls = new Mutator(_random, corpus.Of("call"));
        _functions = new Mutator(_random, corpus.Of("function"));
        _xml = new Mutator(_random, corpus.Of("xml"));
        _channel = Channel();
    }

    /// <summary>How many answers of each kind there were.</summary>
    public ConcurrentDictionary<string, long> Answers { get; } = new();

    /// <summary>Sends so many inputs.</summary>
    public void Run(long inputs)
    {
        for (long done = 0; done < inputs; done += Together)
        {
            Calls();
            if (done % InputsForAFunction < Together)
            {
                Function();
            }

            if (done % InputsForAFrame < Together)
            {
                Frame();
            }

            if (done % InputsForXml < Together)
            {
                Xml();
            }
        }

        _channel.Dispose();
    }

    private static byte[] Pickle(object? value) => PickleWriter.ToBytes(value);

    /// <summary>Sends several at once: the server takes them one by one.</summary>
    private void Calls()
    {
        byte[][] sent = [.. Enumerable.Range(0, Together).Select(_ => _calls.Next())];
        foreach (byte[] each in sent)
        {
            _channel.SendBytes<byte>(each);
        }

        for (int i = 0; i < sent.Length; i++)
        {
            Note(Received(_channel, sent[i]));
        }
    }

    private void Function()
    {
        byte[] sent = _functions.Next();
        using var connection = Client.Connect(_python.Server.Address, _python.Key);
        connection.SendBytes<byte>(sent);
        Note($"function {Received(connection, sent)}");
    }

    private void Frame()
    {
        using var connection = Channel();
        byte[] request = _calls.Next();
        byte[] frame = [.. BitConverter.GetBytes(_random.Next(3) == 0 ? _random.Next() : request.Length).Reverse(), .. request];
        int size = _random.Next(frame.Length);
        using (var handle = new SafeFileHandle(connection.Handle.DangerousGetHandle(), ownsHandle: false))
        using (var raw = new FileStream(handle, FileAccess.Write, 0))
        {
            raw.Write(_random.Next(4) == 0 ? [0xFF, 0xFF, 0xFF, 0xFE, .. frame] : frame.AsSpan(0, size));
        }

        Note("frame");
    }

    private void Xml()
    {
        try
        {
            XmlRpcReader.Read(_xml.Next());
            Note("xml read");
        }
        catch (SerializationException)
        {
            Note("xml refused");
        }
    }

    private string Received(Connection connection, byte[] sent)
    {
        try
        {
            return PickleReader.Read(connection.RecvBytes(timeout: InChild.Bound), names: new KeepsAll()) is PyTuple { Items: [string kind, _] }
                && kind is "#RETURN" or "#ERROR" or "#TRACEBACK" or "#PROXY" or "#UNSERIALIZABLE"
                ? kind
                : throw new InvalidOperationException($"The answer to {Convert.ToHexString(sent)} is none.");
        }
        catch (Exception none) when (none is IOException or TimeoutException or SerializationException)
        {
            throw new InvalidOperationException($"There was no answer to {Convert.ToHexString(sent)}, or to one before it ({string.Join(", ", _kept)}).", none);
        }
    }

    private void Note(string what) => Answers.AddOrUpdate(what, 1, static (_, count) => count + 1);

    private Connection Channel()
    {
        var connection = Client.Connect(_python.Server.Address, _python.Key);
        connection.SendBytes<byte>(Pickle(new PyTuple(null, "accept_connection", new PyTuple("fuzz"), new Dictionary<object, object?>())));
        Received(connection, Encoding.UTF8.GetBytes("accept_connection")).ShouldBe("#RETURN");
        return connection;
    }

    private string Created(string typeId, params object?[] arguments)
    {
        using var connection = Client.Connect(_python.Server.Address, _python.Key);
        connection.SendBytes<byte>(Pickle(new PyTuple(null, "create", new PyTuple([typeId, .. arguments]), new Dictionary<object, object?>())));
        var answer = (PyTuple)PickleReader.Read(connection.RecvBytes(timeout: InChild.Bound), names: new KeepsAll())!;
        string ident = (string)((PyTuple)answer[1]!)[0]!;
        _kept.Add($"{typeId} {ident}");
        return ident;
    }

    private sealed class KeepsAll : IPickleNames
    {
        public PickleGlobal? Find(string module, string name) => null;
    }
}
