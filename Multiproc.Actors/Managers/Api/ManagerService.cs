using System.Runtime.InteropServices;
using Multiproc.Managers;
using Multiproc.Nodes;

namespace Multiproc;

/// <summary>Serves a manager in this process; made by <see cref="BaseManager.GetServer"/>.</summary>
/// <example>
/// <code>
/// var service = new MyManager(new ManagerAddress("0.0.0.0", 50000), key).GetServer();
/// service.ServeForever();
/// </code>
/// </example>
public sealed class ManagerService
{
    private readonly ServingThread _serving = new();

    internal ManagerService(string name, IReadOnlyDictionary<string, Registration> types, ManagerPlace place, TimeSpan lease)
    {
        ManagerServer.Open(name, types, place, lease, _serving, isOwn: false);
        Address = ManagerAddress.Of(Node.Current.PublicEndpoint);
    }

    /// <summary>Gets the address that clients connect to.</summary>
    public ManagerAddress Address { get; }

    /// <summary>Serves a class of managers without an instance of it.</summary>
    internal static ManagerService Open(Type manager, ManagerAddress address, byte[] key, TlsOptions tls)
    {
        address.Validate();
        return new ManagerService(
            manager.Name, ManagerServer.Table(Registry.For(manager).Values, manager.IsAssignableTo(typeof(SyncManager))), new ManagerPlace(address, key, tls),
            Processes.Settings.Current.Manager.ReferenceLease);
    }

    /// <summary>
    /// Asynchronously serves until a client shuts the manager down, Ctrl-C is pressed, <see cref="Stop"/> is called or the token is canceled; then returns. The
    /// objects stay alive until this process exits.
    /// </summary>
    /// <param name="cancellation">Stops the service.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled before the service began.</exception>
    public void ServeForever(CancellationToken cancellation = default) => ServeForeverAsync(cancellation).AsTask().GetAwaiter().GetResult();

    /// <summary>
    /// Asynchronously serves until a client shuts the manager down, Ctrl-C is pressed, <see cref="Stop"/> is called or the token is canceled. The objects stay
    /// alive until this process exits.
    /// </summary>
    /// <param name="cancellation">Stops the service.</param>
    /// <returns>A task that completes when the service has stopped.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled before the service began.</exception>
    public async ValueTask ServeForeverAsync(CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        using var stop = cancellation.UnsafeRegister(static service => ((ManagerService)service!).Stop(), this);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            Stop();
        });
        await _serving.Serve().ConfigureAwait(false);
        Node.Current.Leave();
    }

    /// <summary>Stops the service, so that <see cref="ServeForever"/> returns.</summary>
    public void Stop() => _serving.Stop();
}
