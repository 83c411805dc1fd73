using Multiproc.Processes;
using Multiproc.Python.Classes;
using Multiproc.Python.Pools;
using Multiproc.Python.Types;

namespace Multiproc.Python.Server;

/// <summary>The methods that a <see cref="PythonManagerServer"/> may call in the manager.</summary>
internal interface IPythonServing
{
    string Address();

    void Offer(string name, SharedObject facade);

    void Register(string name, PooledFunction function);

    void RegisterClass(ClassPlan plan);

    void RegisterTypes(TypePlan[] plans);

    (string TypeId, string ProxyClass, string[] Exposed, string Ident) Introduce(SharedObject facade);

    SharedObject? Find(string ident);

    int Channels();

    int Counted();

    Task<bool> Join(TimeSpan? timeout, CancellationToken cancellation);

    void Stop();
}

/// <summary>A server for Python programs in the process of a manager; stops when no process has a reference to it any more.</summary>
internal sealed class PythonServing(string? address, byte[] key, PythonSerializer serializer) : IPythonServing, IDisposable
{
    public const string TypeId = "PythonManagerServer";

    private readonly PythonServer _server = new(address, key, serializer);

    public string Address() => _server.Address;

    public void Offer(string name, SharedObject facade) => _server.Functions.Offer(name, facade);

    public void Register(string name, PooledFunction function) => _server.Functions.Registered.Add(name, function.Code);

    public void RegisterClass(ClassPlan plan) => _server.Functions.Register(plan);

    public void RegisterTypes(TypePlan[] plans) => Array.ForEach(plans, each => _server.Functions.Types.Add(each.Mapping()));

    public (string TypeId, string ProxyClass, string[] Exposed, string Ident) Introduce(SharedObject facade)
    {
        var entry = _server.Idents.Of(facade);
        return (entry.Referent.TypeId, entry.Referent.ProxyClass, [.. entry.Referent.Exposed], entry.Ident);
    }

    public SharedObject? Find(string ident) => _server.Idents.Find(ident) is { IsShared: true } entry ? entry.Open() : null;

    public int Channels() => _server.Channels;

    public int Counted() => _server.Idents.Counted;

    public Task<bool> Join(TimeSpan? timeout, CancellationToken cancellation) => _server.Ended.EndsAsync(timeout, cancellation).AsTask();

    public void Stop() => _server.Dispose();

    public void Dispose() => _server.Dispose();
}
