using Multiproc.Managers;

namespace Multiproc;

/// <summary>
/// Manages a server process that hosts shared objects, which outlive the processes that use them. Proxies of the objects can be sent to any process, which
/// connects to the manager by itself.
/// </summary>
/// <example>
/// <code>
/// using var manager = Mp.Manager();
/// var totals = manager.Dictionary&lt;string, long&gt;();
/// totals.Increment("apples", 3);
/// </code>
/// </example>
public partial class SyncManager : BaseManager, IObjectSpace
{
    private readonly ObjectFactory _objects;

    /// <summary>Initializes a manager that is neither started nor connected; <see cref="Mp.Manager()"/> returns a started one.</summary>
    /// <param name="address">The address to listen at or to connect to; null (the default) creates a Unix socket on this machine.</param>
    /// <param name="authKey">The secret that both sides must know; by default the key of this process.</param>
    public SyncManager(ManagerAddress? address = null, byte[]? authKey = null)
        : base(address, authKey)
    {
        _objects = new ObjectFactory(Create);
    }

    internal static SyncManager Launch()
    {
        var manager = new SyncManager();
        manager.Start();
        return manager;
    }
}
