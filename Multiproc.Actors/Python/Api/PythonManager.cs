using Multiproc.Nodes;
using Multiproc.Python.Client;
using Multiproc.Python.Server;
using Multiproc.Python.Types;

namespace Multiproc;

/// <summary>
/// Connects to a manager that runs in CPython 3.8 or later: a <c>SyncManager</c> or a class of its own with registered types. The objects stay there, and
/// nothing needs to be installed.
/// </summary>
/// <remarks>
/// Values become what docs/pickle.md says; values of classes that are not known here are <see cref="PythonObject"/> and go back unchanged. Nothing that Python
/// sends is run. A process that dies leaves its locks held, as with Python's own clients: that manager does not notice.
/// </remarks>
/// <example>
/// <code>
/// // In Python: SyncManager(('localhost', 50000), b'a secret of both').get_server().serve_forever()
/// using var python = PythonManager.Connect("localhost:50000", "a secret of both"u8.ToArray());
/// var queue = python.Queue&lt;string&gt;();
/// queue.Put("a job");
/// dynamic list = python.Create("list");
/// list.append(1);
/// </code>
/// </example>
public sealed class PythonManager : IDisposable, Serialization.INotSendable
{
    private readonly ManagerConnection _connection;

    private PythonManager(ManagerConnection connection) => _connection = connection;

    /// <summary>Gets the address of the manager.</summary>
    public string Address => _connection.Address;

    /// <summary>Gets the number of objects that have proxies: Python's <c>_number_of_objects()</c>.</summary>
    /// <exception cref="ConnectionLostException">The manager cannot be reached.</exception>
    public int NumberOfObjects => (int)_connection.Ask("number_of_objects", PyTuple.Empty)!;

    /// <summary>Connects to a running manager.</summary>
    /// <param name="address">"host:port", or the path of a Unix socket.</param>
    /// <param name="authKey">The manager's <c>authkey</c>; null (the default) is the key of this process.</param>
    /// <param name="types">The classes of Python that are types here; null (the default) for none. What is added to the table later is not known here.</param>
    /// <param name="serializer">The form of values, the <c>serializer</c> of the manager there. Default pickles.</param>
    /// <returns>The manager; dispose it to close its connections.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="serializer"/> is not one of the named values.</exception>
    /// <exception cref="ConnectionLostException">Nobody listens at the address.</exception>
    /// <exception cref="AuthenticationException">The manager has another key.</exception>
    public static PythonManager Connect(
        string address, byte[]? authKey = null, PythonTypes? types = null, PythonSerializer serializer = PythonSerializer.Pickle)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        if (!Enum.IsDefined(serializer))
        {
            throw new ArgumentOutOfRangeException(nameof(serializer), serializer, "Choose one of the serializers of PythonSerializer.");
        }

        var connection = new ManagerConnection(
            address, authKey ?? ProcessKey.Current.Bytes.ToArray(), TypePlan.MapOf(types?.Plans() ?? []), MessageFormat.Of(serializer));
        connection.Ask("dummy", PyTuple.Empty);
        return new PythonManager(connection);
    }

    /// <summary>Makes an object of a registered type.</summary>
    /// <param name="typeId">The name of the type: one of SyncManager's, such as "Lock", or one that the Python program has registered.</param>
    /// <param name="arguments">The arguments of its constructor.</param>
    /// <returns>A proxy, whose methods can be called as those of a <c>dynamic</c>.</returns>
    /// <exception cref="RemoteException">There is no such type, or its constructor failed.</exception>
    /// <exception cref="ConnectionLostException">The manager cannot be reached.</exception>
    public PythonProxy Create(string typeId, params ReadOnlySpan<object?> arguments)
    {
        ArgumentException.ThrowIfNullOrEmpty(typeId);
        return MessageFormat.Sequence(_connection.Ask("create", new PyTuple([typeId, .. arguments]))) is { Items: [string ident, var exposed] }
            ? new PythonProxy(_connection, typeId, ident, ManagerConnection.Texts(exposed), isCounted: true)
            : throw new SerializationException($"Malformed answer: {Address} did not say which object it made.");
    }

    /// <summary>Makes an object of a registered type, and returns a proxy with the given interface.</summary>
    /// <typeparam name="T">The interface. Its methods are called by their names in Python's style: <c>TaskDone</c> calls <c>task_done</c>.</typeparam>
    /// <param name="typeId">The name of the type.</param>
    /// <param name="arguments">The arguments of its constructor.</param>
    /// <returns>The proxy.</returns>
    /// <exception cref="RemoteException">There is no such type, or its constructor failed.</exception>
    /// <exception cref="ConnectionLostException">The manager cannot be reached.</exception>
    public T CreateAs<T>(string typeId, params ReadOnlySpan<object?> arguments)
        where T : class =>
        Create(typeId, arguments).As<T>();

    /// <summary>Makes a dict.</summary>
    /// <typeparam name="TKey">The type of the keys; what Python puts must fit.</typeparam>
    /// <typeparam name="TValue">The type of the values.</typeparam>
    /// <returns>The dictionary.</returns>
    /// <exception cref="ConnectionLostException">The manager cannot be reached.</exception>
    public PythonDictionary<TKey, TValue> Dictionary<TKey, TValue>()
        where TKey : notnull =>
        new(Create("dict"));

    /// <summary>Makes a list.</summary>
    /// <typeparam name="T">The type of the items; what Python puts must fit.</typeparam>
    /// <returns>The list.</returns>
    /// <exception cref="ConnectionLostException">The manager cannot be reached.</exception>
    public PythonList<T> List<T>() => new(Create("list"));

    /// <summary>Makes a queue.</summary>
    /// <typeparam name="T">The type of the items; what Python puts must fit.</typeparam>
    /// <param name="maxSize">The maximum number of items; 0 (the default) is unbounded.</param>
    /// <returns>The queue.</returns>
    /// <exception cref="ConnectionLostException">The manager cannot be reached.</exception>
    public PythonQueue<T> Queue<T>(int maxSize = 0) => new(Create("Queue", maxSize));

    /// <summary>Closes the connections. Proxies of this manager cannot be used any more; the manager goes on.</summary>
    public void Dispose() => _connection.Dispose();

    /// <summary>Describes the manager by its address.</summary>
    /// <returns>For example "PythonManager (localhost:50000)".</returns>
    public override string ToString() => $"{nameof(PythonManager)} ({Address})";
}
