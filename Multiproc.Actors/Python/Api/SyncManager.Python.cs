using System.Collections.Concurrent;
using Multiproc.Managers;
using Multiproc.Nodes;
using Multiproc.Python.Server;

namespace Multiproc;

/// <content>Python programs as clients.</content>
public partial class SyncManager
{
    /// <summary>Keeps the servers alive that nobody else refers to: they serve until they are disposed.</summary>
    private readonly ConcurrentDictionary<PythonManagerServer, byte> _pythonServers = [];

    internal static Registration OfPythonServers => TypeOf<IPythonServing, PythonServing>(PythonServing.TypeId, CallOrder.AllAtOnce);

    /// <summary>
    /// Serves the objects of this manager to Python programs too: an unmodified CPython from 3.8 on connects to it with
    /// <c>SyncManager(address, authkey).connect()</c>, makes objects, and uses those that are offered to it by name.
    /// </summary>
    /// <param name="address">
    /// Where to listen, apart from the manager's own address: "host:port", with port 0 for any free one, or the path of a Unix socket, which is faster. Null
    /// (the default) makes a Unix socket with a name of its own. TCP is not encrypted: do not use it across an untrusted network.
    /// </param>
    /// <param name="authKey">The secret that Python programs must know: the <c>authkey</c> there. By default the key of this process.</param>
    /// <param name="serializer">The form of values, the <c>serializer</c> there. Default pickles.</param>
    /// <returns>The server, which lives in the manager's process until it is disposed, or shut down by a client.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="serializer"/> is not one of the named values.</exception>
    /// <exception cref="RemoteException">The address is in use, or access to it is denied.</exception>
    /// <exception cref="InvalidOperationException">The manager is not started.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <example>
    /// <code>
    /// using var manager = Mp.Manager();
    /// var jobs = manager.Queue&lt;string&gt;();
    /// using var python = manager.ServePython("localhost:50000", "a secret of both"u8.ToArray());
    /// python.Offer("jobs", jobs);
    ///
    /// // In Python:
    /// //   class Manager(SyncManager): pass
    /// //   Manager.register('jobs')
    /// //   manager = Manager(('localhost', 50000), authkey=b'a secret of both'); manager.connect()
    /// //   manager.jobs().put('a job')
    /// </code>
    /// </example>
    public PythonManagerServer ServePython(string? address = null, byte[]? authKey = null, PythonSerializer serializer = PythonSerializer.Pickle)
    {
        if (!Enum.IsDefined(serializer))
        {
            throw new ArgumentOutOfRangeException(nameof(serializer), serializer, "Choose one of the serializers of PythonSerializer.");
        }

        byte[] key = authKey is null ? ProcessKey.Current.Bytes.ToArray() : [.. authKey];
        var server = new PythonManagerServer(
            (Proxy)Make(PythonServing.TypeId, [address, key, serializer])!, key, serializer, each => _pythonServers.TryRemove(each, out _));
        _pythonServers.TryAdd(server, default);
        return server;
    }
}
