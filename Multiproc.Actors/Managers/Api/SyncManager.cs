namespace Multiproc;

/// <summary>
/// A server process whose objects outlive the processes that use them. What it makes can be sent anywhere; whoever receives it connects to
/// the manager by itself.
/// </summary>
/// <example>
/// <code>
/// using var manager = Mp.Manager();
/// var totals = manager.Dictionary&lt;string, long&gt;();
/// totals.Increment("apples", 3);
/// </code>
/// </example>
public partial class SyncManager : BaseManager
{
    /// <summary>Makes a manager that is neither started nor connected; <see cref="Mp.Manager()"/> gives one that is started.</summary>
    /// <param name="address">Where it listens, or where to connect; by default a new socket on this machine.</param>
    /// <param name="authKey">What both sides must know; by default this process's own key.</param>
    public SyncManager(ManagerAddress? address = null, byte[]? authKey = null)
        : base(address, authKey)
    {
    }

    internal static SyncManager Launch()
    {
        var manager = new SyncManager();
        manager.Start();
        return manager;
    }
}
