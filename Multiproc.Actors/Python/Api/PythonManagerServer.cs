using Multiproc.Python.Pools;
using Multiproc.Python.Server;

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

    internal PythonManagerServer(Proxy proxy, byte[] key, Action<PythonManagerServer> disposed)
    {
        _proxy = proxy;
        _disposed = disposed;
        Key = key;
        _server = proxy.As<IPythonServing>();
        Address = _server.Address();
    }

    internal byte[] Key { get; }

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
