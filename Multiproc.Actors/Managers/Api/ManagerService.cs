using System.Runtime.InteropServices;
using Multiproc.Managers;
using Multiproc.Nodes;

namespace Multiproc;

/// <summary>A manager that is served by this process itself: see <see cref="BaseManager.GetServer"/>.</summary>
public sealed class ManagerService
{
    private readonly ServingThread _serving = new();

    internal ManagerService(string name, IReadOnlyDictionary<string, Registration> types, ManagerPlace place, TimeSpan lease)
    {
        ManagerServer.Open(name, types, place, lease, _serving, isOwn: false);
        Address = ManagerAddress.Of(Node.Current.PublicEndpoint);
    }

    /// <summary>Where others connect.</summary>
    public ManagerAddress Address { get; }

    /// <summary>Serves a class of managers without an object of it.</summary>
    internal static ManagerService Open(Type manager, ManagerAddress address, byte[] key, TlsOptions tls)
    {
        address.Validate();
        return new ManagerService(
            manager.Name, ManagerServer.Table(Registry.For(manager).Values, manager.IsAssignableTo(typeof(SyncManager))), new ManagerPlace(address, key, tls), Processes.Settings.Current.Manager.ReferenceLease);
    }

    /// <summary>
    /// Serves until a client shuts the manager down, Ctrl-C is pressed, <see cref="Stop"/> is called or the token fires; then it returns. The objects live on
    /// in this process until it ends.
    /// </summary>
    /// <param name="cancellation">Ends the serving.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> had fired before the serving began.</exception>
    public void ServeForever(CancellationToken cancellation = default) => ServeForeverAsync(cancellation).AsTask().GetAwaiter().GetResult();

    /// <summary>As <see cref="ServeForever"/>, without holding a thread of the caller.</summary>
    /// <param name="cancellation">Ends the serving.</param>
    /// <returns>A task that ends when the serving has ended.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> had fired before the serving began.</exception>
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

    /// <summary>Ends the serving.</summary>
    public void Stop() => _serving.Stop();
}
