using Multiproc.SharedMemory;

namespace Multiproc.Python.Server;

/// <summary>Serves a manager in this process, to Python programs: what <c>multiproc-host manager --python</c> runs.</summary>
internal sealed class PythonService : IDisposable
{
    private readonly ManagerService _manager;
    private readonly PythonServer _server;

    /// <summary>Opens a manager of a class at an address for Python. C# programs of this machine reach it at a socket of its own.</summary>
    /// <exception cref="IOException">Listening at the address failed.</exception>
    public PythonService(Type manager, string address, byte[] key)
    {
        _manager = ManagerService.Open(manager, ManagerAddress.Local(RuntimeFolder.NewFile(".sock")), key, TlsOptions.FromAuthKey);
        _server = new PythonServer(address, key);
    }

    /// <summary>The address for Python.</summary>
    public string Address => _server.Address;

    /// <summary>The address for C#.</summary>
    public ManagerAddress OwnAddress => _manager.Address;

    /// <summary>Serves until a client shuts it down, or it is stopped.</summary>
    public void ServeForever()
    {
        _ = _server.Ended.ContinueWith(static (_, service) => ((PythonService)service!).Stop(), this, TaskScheduler.Default);
        _manager.ServeForever();
    }

    public void Stop() => _manager.Stop();

    public void Dispose() => _server.Dispose();
}
