using Multiproc.Managers;
using Multiproc.Objects.Elections;

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

    /// <summary>Takes part in the election of a leader among the processes that use this manager: one candidate of the name leads at a time.</summary>
    /// <param name="name">The name of the election in this manager, of 1 to 1,024 characters.</param>
    /// <returns>
    /// The candidate, which may lead at once or later: see <see cref="Leadership.Wait"/>. Disposing it resigns. The leadership is lost with the connection to
    /// the manager, and fences begin anew with a new manager.
    /// </returns>
    /// <exception cref="ArgumentNullException">The name is null.</exception>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    /// <exception cref="MultiprocException">The manager has too many names.</exception>
    public Leadership Elect(string name) =>
        Leadership.Of(ElectionName.Checked(name), new LockSeat(new SharedLock(NamedLock(name)), $"Election '{name}' in {GetType().Name}", ownsGate: true));
}
