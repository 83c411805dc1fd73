using Multiproc.Python.Classes;
using Multiproc.Python.Pools;
using Multiproc.Python.Server;
using Multiproc.Python.Types;

namespace Multiproc;

/// <summary>
/// A server for Python programs in the process of a manager, made by <see cref="SyncManager.ServePython"/>. Objects that Python makes are the manager's own:
/// locks, permits and items of a Python process that dies go back as those of a C# process.
/// </summary>
/// <remarks>See docs/python.md for the types, their methods and the differences from a manager that runs in Python.</remarks>
public sealed class PythonManagerServer : IDisposable, IAsyncDisposable, Serialization.INotSendable
{
    private readonly Proxy _proxy;
    private readonly IPythonServing _server;
    private readonly Action<PythonManagerServer> _disposed;

    private readonly List<TypePlan> _types = [];

    internal PythonManagerServer(Proxy proxy, byte[] key, PythonSerializer serializer, Action<PythonManagerServer> disposed)
    {
        SerializerName = MessageFormat.Of(serializer).Name;
        _proxy = proxy;
        _disposed = disposed;
        Key = key;
        _server = proxy.As<IPythonServing>();
        Address = _server.Address();
    }

    internal byte[] Key { get; }

    /// <summary>What Python calls the form of the values.</summary>
    internal string SerializerName { get; }

    /// <summary>The types that were registered.</summary>
    internal TypePlan[] Types
    {
        get
        {
            lock (_types)
            {
                return [.. _types];
            }
        }
    }

    /// <summary>Gets the address that Python programs connect to: "host:port", or the path of a Unix socket.</summary>
    public string Address { get; }

    /// <summary>Gets the number of threads of Python programs that are connected and have called an object.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public int Connections => _server.Channels();

    /// <summary>Gets the number of objects that Python programs have proxies of: Python's <c>_number_of_objects()</c>.</summary>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public int NumberOfObjects => _server.Counted();

    /// <summary>
    /// Offers an object of this manager to Python programs under a name: they register the name with their class of managers, and call it to get a proxy.
    /// Both sides then use the same queue, lock or dictionary.
    /// </summary>
    /// <param name="name">The name: an identifier that is no type of Python's SyncManager.</param>
    /// <param name="shared">
    /// A list, dictionary, set, namespace, value, array, queue, lock, semaphore, condition, event or barrier of the same manager. Of a type for certain items,
    /// as a queue of numbers, it refuses others from Python with a TypeError.
    /// </param>
    /// <exception cref="ArgumentException">The name is empty, or taken.</exception>
    /// <exception cref="NotSupportedException">The object is not one of this manager, or Python has no such type.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Offer(string name, SharedObject shared)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(shared);
        _server.Offer(name, shared);
    }

    /// <summary>
    /// Registers a C# function that pools run for Python programs: <c>manager.Pool().map(jobs.square, numbers)</c> there runs what is registered as
    /// "jobs.square" here, in worker processes of this library.
    /// </summary>
    /// <param name="name">The module and the name that the function has in Python; there its body is never run.</param>
    /// <param name="function">The function; it may return a task. Arguments are converted to its parameters as docs/pickle.md says.</param>
    /// <exception cref="ArgumentException">The name is empty, or taken.</exception>
    /// <exception cref="SerializationException">The function captures something that cannot be sent.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Register(string name, Delegate function)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(function);
        _server.Register(name, new PooledFunction(function));
    }

    /// <summary>
    /// Registers a C# class under a name. A Python program registers the name with its class of managers too, and calls it to make an object of the class in
    /// this manager's process; the proxy it gets has the public methods, by their names here and in Python's style (<c>TotalOf</c> and <c>total_of</c>), and
    /// properties as <c>get_name()</c> and <c>set_name(value)</c>.
    /// </summary>
    /// <typeparam name="T">
    /// The class. Arguments of its constructors and methods are converted as docs/pickle.md says, by order or by name; a <see cref="CancellationToken"/> fires
    /// when the caller ends, and tasks are awaited. An object is disposed when no proxy of it is left. A result whose class is registered too becomes a proxy.
    /// </typeparam>
    /// <param name="typeId">The name: an identifier that is no type of Python's SyncManager.</param>
    /// <param name="options">What can be called, and how; null (the default) is all public methods, one call after the other.</param>
    /// <exception cref="ArgumentException">The name is empty or taken, the class is abstract, or the options name no method of it.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <example>
    /// <code>
    /// python.Register&lt;Calculator&gt;("Calculator");
    ///
    /// // In Python:
    /// //   Manager.register('Calculator')
    /// //   calculator = manager.Calculator(start=5)
    /// //   calculator.add(2)
    /// </code>
    /// </example>
    public void Register<T>(string typeId, PythonClassOptions? options = null)
        where T : class
    {
        ArgumentException.ThrowIfNullOrEmpty(typeId);
        if (typeof(T).IsAbstract)
        {
            throw new ArgumentException($"{typeof(T)} is abstract, so no object of it can be made: register a class that is not.");
        }

        var plan = new ClassPlan(
            typeId, typeof(T), options?.Exposed?.ToArray(), options?.MethodToTypeId.ToDictionary() ?? [], options?.Concurrent ?? false);
        _ = new ClassShape(plan);
        _server.RegisterClass(plan);
    }

    /// <summary>
    /// Registers which classes of Python are which types of C#: their instances arrive in shared objects, and in arguments of functions and classes, as values
    /// of these types, and go to Python as instances.
    /// </summary>
    /// <param name="types">The table. What is added to it later is not known here.</param>
    /// <exception cref="ArgumentException">A class or a type is registered already as another one.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public void Register(PythonTypes types)
    {
        ArgumentNullException.ThrowIfNull(types);
        var plans = types.Plans();
        _server.RegisterTypes(plans);
        lock (_types)
        {
            _types.AddRange(plans);
        }
    }

    /// <summary>Waits until the server has stopped: a Python program may call its <c>shutdown</c>. The manager goes on.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True if the server has stopped; false if the timeout expired.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public bool Join(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        _proxy.Remote.CallWithin(nameof(IPythonServing.Join), timeout, cancellation);

    /// <summary>Asynchronously waits until the server has stopped: a Python program may call its <c>shutdown</c>. The manager goes on.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits indefinitely, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True if the server has stopped; false if the timeout expired.</returns>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public ValueTask<bool> JoinAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) =>
        _proxy.Remote.CallWithinAsync(nameof(IPythonServing.Join), timeout, cancellation);

    /// <summary>Stops the server and closes the connections of Python programs. The manager and its objects go on.</summary>
    public void Dispose()
    {
        try
        {
            _server.Stop();
        }
        catch (Exception gone) when (gone is MultiprocException or ObjectDisposedException)
        {
            // The manager has ended, and the server with it.
        }

        _proxy.Dispose();
        _disposed(this);
    }

    /// <summary>Stops the server and closes the connections of Python programs. Completes synchronously.</summary>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Makes an object known, so that a proxy of it can be written.</summary>
    internal (string TypeId, string ProxyClass, string[] Exposed, string Ident) Introduce(SharedObject shared) => _server.Introduce(shared);

    /// <summary>Finds the object of a proxy.</summary>
    internal SharedObject? Find(string ident) => _server.Find(ident);

    /// <summary>Describes the server by its address.</summary>
    /// <returns>For example "PythonManagerServer (127.0.0.1:50000)".</returns>
    public override string ToString() => $"{nameof(PythonManagerServer)} ({Address})";
}
