using System.Net;
using Multiproc.Python.Server;
using Multiproc.Python.Types;
using Multiproc.Serialization;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Client;

/// <summary>
/// The way to a manager that runs in Python. As in Python a request of the manager itself has a connection of its own, and each thread that calls objects has
/// one for all its calls: locks of Python know their holder by it.
/// </summary>
internal sealed class ManagerConnection : IDisposable
{
    private const string Module = "multiprocessing.managers";

    private readonly string _address;
    private readonly byte[] _key;
    private readonly ThreadLocal<Connection?> _ofThread = new(trackAllValues: true);
    private readonly PickleGlobal _rebuild;
    private readonly TypeMap _types;
    private readonly MessageFormat _format;
    private volatile bool _closed;

    public ManagerConnection(string address, byte[] key, TypeMap types, MessageFormat format)
    {
        _format = format;
        _types = types;
        _address = address;
        _key = key;
        _rebuild = CollectionGlobals.Make(Module, "RebuildProxy", (arguments, _) => Rebuilt(arguments));
    }

    public string Address => _address;

    /// <summary>The address in Python's form.</summary>
    public object Token => IPEndPoint.TryParse(_address, out var end) ? new PyTuple(end.Address.ToString(), end.Port) : (object?)HostAndPort() ?? _address;

    /// <summary>Calls a function of the manager.</summary>
    /// <exception cref="RemoteException">The function failed.</exception>
    public object? Ask(string function, PyTuple arguments, Dictionary<object, object?>? named = null)
    {
        RequireOpen();
        using var connection = Connect();
        return Value(Exchange(connection, new PyTuple(null, function, arguments, named ?? []), CancellationToken.None), null);
    }

    /// <summary>Calls a method of an object on the connection of this thread.</summary>
    /// <exception cref="PythonException">What the method raised.</exception>
    /// <exception cref="RemoteException">The method cannot be called.</exception>
    public object? Call(string ident, string method, PyTuple arguments, Dictionary<object, object?>? named, CancellationToken cancellation)
    {
        RequireOpen();
        cancellation.ThrowIfCancellationRequested();
        var connection = _ofThread.Value ??= Channel();
        try
        {
            return Value(Exchange(connection, new PyTuple(ident, method, arguments, named ?? []), cancellation), method);
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException)
        {
            // A reply may be under way that belongs to no later call.
            connection.Dispose();
            _ofThread.Value = null;
            throw broken is IOException
                ? new ConnectionLostException($"The manager at {_address} that runs in Python closed the connection during '{method}': it has ended.", broken)
                : broken;
        }
    }

    public void Release(string ident)
    {
        if (!_closed)
        {
            _ = Task.Run(() =>
            {
                try
                {
                    Ask("decref", new PyTuple(ident));
                }
                catch (Exception gone) when (gone is MultiprocException or IOException or TimeoutException or ObjectDisposedException)
                {
                    // The manager has ended, or the object: there is nothing to release.
                }
            });
        }
    }

    public void Dispose()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        foreach (var connection in _ofThread.Values)
        {
            connection?.Dispose();
        }
    }

    private PyTuple? HostAndPort()
    {
        int colon = _address.LastIndexOf(':');
        return colon > 0 && !_address.Contains('/', StringComparison.Ordinal) && int.TryParse(_address.AsSpan(colon + 1), out int port)
            ? new PyTuple(_address[..colon], port)
            : null;
    }

    private void RequireOpen() => ObjectDisposedException.ThrowIf(_closed, typeof(PythonManager));

    private Connection Connect()
    {
        try
        {
            return Multiproc.Client.Connect(_address, _key);
        }
        catch (IOException refused)
        {
            throw new ConnectionLostException($"No manager of Python can be reached at {_address}: {refused.Message}", refused);
        }
    }

    private Connection Channel()
    {
        var connection = Connect();
        Value(Exchange(connection, new PyTuple(null, "accept_connection", new PyTuple($"C#|{Environment.CurrentManagedThreadId}"), NoNames()), default), null);
        return connection;
    }

    private static Dictionary<object, object?> NoNames() => [];

    private (string Kind, object? Value) Exchange(Connection connection, PyTuple request, CancellationToken cancellation)
    {
        var names = new PickledNames(this);
        using var writer = new WireWriter();
        _format.Write(writer, request, names.Reduce);
        connection.SendBytes(writer.Written, cancellation: cancellation);
        return _format.Read(connection.RecvBytes(cancellation: cancellation), names) is PyTuple { Items: [string kind, var value] }
            ? (kind, value)
            : throw new SerializationException($"Malformed answer: {_address} does not speak the protocol of Python's managers.");
    }

    private object? Value((string Kind, object? Value) answer, string? method) => answer switch
    {
        ("#RETURN", var value) => value,
        ("#ERROR", Exception raised) => throw raised,
        ("#ERROR", var raised) => throw new RemoteException($"Python raised {PythonText.Of(raised)}."),
        ("#PROXY", PyTuple { Items: [var exposed, PythonObject token] }) => Proxy(token, exposed),
        ("#TRACEBACK" or "#UNSERIALIZABLE", string text) => throw new RemoteException($"The manager at {_address} that runs in Python failed{(
            method is null ? "" : $" in '{method}'")}:{Environment.NewLine}{text}"),
        _ => throw new SerializationException($"Malformed answer: '{answer.Kind}' is no kind of answer of Python's managers."),
    };

    /// <summary>The object was counted for us: our own count comes first, then that one goes.</summary>
    private PythonProxy Proxy(PythonObject token, object? exposed)
    {
        var (typeId, ident) = Names(token);
        return new PythonProxy(this, typeId, ident, Texts(exposed), isCounted: true);
    }

    private PythonProxy Rebuilt(PyTuple arguments)
    {
        if (arguments.Items is not [PythonObject { } type, PythonObject token, ..])
        {
            throw new WrongArgumentsException();
        }

        var (typeId, ident) = Names(token);
        Ask("incref", new PyTuple(ident));
        return new PythonProxy(this, typeId, ident, [], isCounted: true) { ProxyClass = type.Name };
    }

    private static (string TypeId, string Ident) Names(PythonObject token) =>
        token is { Module: Module, Name: "Token", State: PyTuple { Items: [string typeId, _, string ident] } }
        ? (typeId, ident)
        : throw new SerializationException("Malformed answer: a proxy without a token.");

    public static string[] Texts(object? names) => names is IEnumerable<object?> all ? [.. all.OfType<string>()] : [];

    /// <summary>Names in one answer, and values of one request.</summary>
    private sealed class PickledNames(ManagerConnection connection) : IPickleNames
    {
        private readonly TypedNames _types = new(connection._types);

        public PickleGlobal? Find(string module, string name) =>
            (module, name) is (Module, "RebuildProxy") ? connection._rebuild : _types.Find(module, name);

        public object? Complete(object? value) => _types.Complete(value);

        public PythonObject? Reduce(object value) => value is PythonProxy proxy ? proxy.Reduced(Module) : _types.Reduce(value);
    }
}
