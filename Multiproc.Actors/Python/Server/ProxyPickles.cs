using Multiproc.Python.Referents;
using Multiproc.Python.Types;
using Multiproc.Serialization;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Server;

/// <summary>
/// Proxies inside of values: what Python writes as a call of RebuildProxy is a facade here, and the other way round. Proxies of other managers, and all other
/// names, are kept as they came.
/// </summary>
internal sealed class ProxyPickles : IPickleNames
{
    private const string Module = "multiprocessing.managers";

    private static readonly PythonObject s_rebuild = new(Module, "RebuildProxy");
    private static readonly PythonObject s_token = new(Module, "Token");

    private readonly Idents _idents;
    private readonly TypedNames _types;
    private Func<object, PythonObject?>? _reducing;
    private readonly object _address;
    private readonly PickleGlobal _rebuild;

    /// <param name="idents">The objects.</param>
    /// <param name="types">The classes of Python that are types here.</param>
    /// <param name="address">The address of this manager, as the client can reach it.</param>
    public ProxyPickles(Idents idents, TypeMap types, object address)
    {
        _idents = idents;
        _types = new TypedNames(types);
        _address = address;
        _rebuild = CollectionGlobals.Make(Module, s_rebuild.Name, (arguments, _) => Rebuilt(arguments));
    }

    /// <summary>Called for each object that an answer refers to: it must live until the client has counted its proxy.</summary>
    public Action<SharedObject>? Sent { get; init; }

    public PickleGlobal? Find(string module, string name) => (module, name) is (Module, "RebuildProxy") ? _rebuild : _types.Find(module, name);

    public object? Complete(object? value) => _types.Complete(value);

    /// <summary><see cref="Reduce"/>, made once.</summary>
    public Func<object, PythonObject?> Reducing => _reducing ??= Reduce;

    /// <summary>What to write for values that are no plain ones.</summary>
    public PythonObject? Reduce(object value) => value is string ? null : value is SharedObject facade ? ProxyOf(facade) : _types.Reduce(value);

    public PythonObject TokenOf(Entry entry)
    {
        var token = new PythonObject(s_token, PyTuple.Empty, isNew: true);
        token.SetState(new PyTuple(entry.Referent.TypeId, _address, entry.Ident));
        return token;
    }

    /// <summary>The ident in a token; null if the value is no token.</summary>
    public static string? IdentIn(object? token) =>
        token is PythonObject { Module: Module, Name: "Token", State: PyTuple { Count: 3 } state } ? state[2] as string : null;

    private PythonObject ProxyOf(SharedObject facade)
    {
        Entry entry;
        try
        {
            entry = _idents.Of(facade);
        }
        catch (NotSupportedException unknown)
        {
            throw new UnsendableException($"cannot be a proxy of Python: {unknown.Message}");
        }

        Sent?.Invoke(facade);
        var options = new Dictionary<object, object?>();
        if (entry.Referent.ProxyClass == "AutoProxy")
        {
            options.Add("exposed", Exposed(entry.Referent));
        }

        return new PythonObject(s_rebuild, new PyTuple(new PythonObject(Module, entry.Referent.ProxyClass), TokenOf(entry), "pickle", options));
    }

    /// <summary>
    /// The methods that a client may make a proxy of. Access to attributes is for Python's own classes of proxies, which know of it: another one that had
    /// __getattribute__ as a method could not find its own attributes.
    /// </summary>
    public static PyTuple Exposed(Referent referent) =>
        new([.. referent.Exposed.Where(static name => name is not ("__getattribute__" or "__setattr__" or "__delattr__"))], owned: true);

    private SharedObject Rebuilt(PyTuple arguments) =>
        arguments.Count == 4 && IdentIn(arguments[1]) is { } ident && _idents.Find(ident) is { IsShared: true } entry
            ? entry.Open()
            : throw new WrongArgumentsException();
}
