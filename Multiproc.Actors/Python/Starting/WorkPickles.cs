using System.Net;
using Multiproc.Python.Types;
using Multiproc.Serialization;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Starting;

/// <summary>Arguments and results of Python processes: facades of a manager are proxies there.</summary>
internal sealed class WorkPickles : IPickleNames
{
    private const string Module = "multiprocessing.managers";

    private readonly PythonManagerServer? _server;
    private readonly PickleGlobal _rebuild;
    private readonly TypedNames _types;

    public WorkPickles(PythonManagerServer? server, PythonTypes? types)
    {
        _server = server;
        _types = new TypedNames(TypePlan.MapOf([.. server?.Types ?? [], .. types?.Plans() ?? []]));
        _rebuild = CollectionGlobals.Make(Module, "RebuildProxy", (arguments, _) => Rebuilt(arguments));
    }

    public PickleGlobal? Find(string module, string name) => (module, name) is (Module, "RebuildProxy") ? _rebuild : _types.Find(module, name);

    public object? Complete(object? value) => _types.Complete(value);

    public byte[] Write(PyTuple value)
    {
        using var writer = new WireWriter();
        PickleWriter.Write(writer, value, reduce: Reduced);
        return writer.ToArray();
    }

    public object? Read(ReadOnlySpan<byte> pickle) => PickleReader.Read(pickle, names: this);

    private PythonObject? Reduced(object value)
    {
        if (value is not SharedObject facade)
        {
            return _types.Reduce(value);
        }

        if (_server is null)
        {
            throw new InvalidOperationException(
                $"{facade.Identity} is an argument of a Python process, which needs a server to reach it: pass PythonProcessOptions with the Server of "
                    + "manager.ServePython.");
        }

        var (typeId, proxyClass, exposed, ident) = _server.Introduce(facade);
        var token = new PythonObject(new PythonObject(Module, "Token"), PyTuple.Empty, isNew: true);
        token.SetState(new PyTuple(typeId, Reachable(_server.Address), ident));
        Dictionary<object, object?> options = proxyClass == "AutoProxy" ? new() { ["exposed"] = new PyTuple([.. exposed], owned: true) } : [];
        return new PythonObject(
            new PythonObject(Module, "RebuildProxy"), new PyTuple(new PythonObject(Module, proxyClass), token, _server.SerializerName, options));
    }

    private static object Reachable(string address) => !IPEndPoint.TryParse(address, out var end) || address.Contains('/', StringComparison.Ordinal) ? address
        : new PyTuple(end.Address.Equals(IPAddress.Any) ? "127.0.0.1" : end.Address.ToString(), end.Port);

    private SharedObject Rebuilt(PyTuple arguments) =>
        _server is not null && arguments.Count == 4 && arguments[1] is PythonObject { Module: Module, Name: "Token", State: PyTuple { Count: 3 } state }
            && state[2] is string ident && _server.Find(ident) is { } facade
            ? facade
            : throw new WrongArgumentsException();
}
