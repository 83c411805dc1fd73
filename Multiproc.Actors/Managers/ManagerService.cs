using System.Runtime.InteropServices;
using Multiproc.Managers;
using Multiproc.Objects;

namespace Multiproc;

/// <summary>A manager that is served by this process itself: see <see cref="BaseManager.GetServer"/>.</summary>
public sealed class ManagerService
{
    private readonly ServingThread _serving = new();

    internal ManagerService(string name, IReadOnlyDictionary<string, Registration> types, string? path, byte[]? authKey, TimeSpan lease)
    {
        ManagerServer.Open(name, types, path, authKey, lease, _serving);
        Address = ManagerAddress.Local(Home.Current.Address.Endpoint);
    }

    /// <summary>Where others connect.</summary>
    public ManagerAddress Address { get; }

    /// <summary>
    /// Serves until a client shuts the manager down, Ctrl-C is pressed, <see cref="Stop"/> is called or the token fires; then it returns. The objects live on
    /// in this process until it ends.
    /// </summary>
    /// <param name="cancellation">Ends the serving.</param>
    public void ServeForever(CancellationToken cancellation = default)
    {
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            Stop();
        });
        _serving.Serve(cancellation);
    }

    /// <summary>Ends the serving.</summary>
    public void Stop() => _serving.Stop();
}
