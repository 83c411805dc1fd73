using System.Dynamic;
using Multiproc.Python.Client;
using Multiproc.Serialization.Pickle;

namespace Multiproc;

/// <summary>
/// A proxy of an object in a manager that runs in Python. As a <c>dynamic</c> its methods are called by their names there, with arguments in order or by name:
/// <c>queue.get(timeout: 1.5)</c>. Calls of one thread are those of one thread of Python: an RLock belongs to it.
/// </summary>
/// <remarks>Inside of arguments and values it stands for its object. It belongs to this process: it cannot be sent to other C# processes.</remarks>
public sealed class PythonProxy : DynamicObject, IDisposable, Serialization.INotSendable
{
    private readonly ManagerConnection _manager;
    private readonly string _ident;
    private int _counted;

    internal PythonProxy(ManagerConnection manager, string typeId, string ident, string[] exposed, bool isCounted)
    {
        _manager = manager;
        _ident = ident;
        _counted = isCounted ? 1 : 0;
        TypeId = typeId;
        Exposed = exposed;
        ProxyClass = ClassOf(typeId);
    }

    /// <summary>Releases the object in its manager.</summary>
    ~PythonProxy() => Release();

    /// <summary>Gets the name of the type that the object was made with.</summary>
    public string TypeId { get; }

    /// <summary>Gets the names of the methods that can be called; empty for a proxy that came out of a container.</summary>
    public IReadOnlyList<string> Exposed { get; }

    internal string ProxyClass { get; init; }

    /// <summary>Calls a method.</summary>
    /// <param name="method">The name of the method in Python, for example "task_done" or "__len__".</param>
    /// <param name="arguments">The arguments.</param>
    /// <returns>The result: a value as docs/pickle.md says, or a proxy.</returns>
    /// <exception cref="PythonException">What the method raised.</exception>
    /// <exception cref="RemoteException">The object has no such method, or a value cannot be sent.</exception>
    /// <exception cref="ConnectionLostException">The manager has ended.</exception>
    public object? Call(string method, params ReadOnlySpan<object?> arguments) => CallWith(method, new PyTuple(arguments), null);

    /// <summary>Calls a method and converts its result.</summary>
    /// <typeparam name="T">The type of the result; it must hold the value.</typeparam>
    /// <param name="method">The name of the method in Python.</param>
    /// <param name="arguments">The arguments.</param>
    /// <returns>The result.</returns>
    /// <exception cref="PythonException">What the method raised.</exception>
    /// <exception cref="RemoteException">The object has no such method, or a value cannot be sent.</exception>
    /// <exception cref="SerializationException">The result is of another type.</exception>
    /// <exception cref="ConnectionLostException">The manager has ended.</exception>
    public T Call<T>(string method, params ReadOnlySpan<object?> arguments) => PickleConversion.To<T>(Call(method, arguments));

    /// <summary>Calls a method with named arguments, and ends the wait for it when a token fires.</summary>
    /// <param name="method">The name of the method in Python.</param>
    /// <param name="arguments">The arguments in order.</param>
    /// <param name="named">The named arguments.</param>
    /// <param name="cancellation">Ends the wait. The connection of this thread is closed, and the method may still be carried out.</param>
    /// <returns>The result.</returns>
    /// <exception cref="PythonException">What the method raised.</exception>
    /// <exception cref="RemoteException">The object has no such method, or a value cannot be sent.</exception>
    /// <exception cref="ConnectionLostException">The manager has ended.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public object? CallWith(string method, PyTuple arguments, IReadOnlyDictionary<string, object?>? named, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(method);
        ArgumentNullException.ThrowIfNull(arguments);
        return _manager.Call(_ident, method, arguments, named?.ToDictionary(static each => (object)each.Key, static each => each.Value), cancellation);
    }

    /// <summary>Returns a proxy of this object with an interface.</summary>
    /// <typeparam name="T">The interface. Its methods are called by their names in Python's style: <c>TaskDone</c> calls <c>task_done</c>.</typeparam>
    /// <returns>The proxy.</returns>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> is no interface.</exception>
    public T As<T>()
        where T : class =>
        PythonInterface.Make<T>(this);

    /// <summary>Returns a copy of the object itself: Python's <c>_getvalue()</c>.</summary>
    /// <returns>The value.</returns>
    /// <exception cref="RemoteException">The object cannot be copied.</exception>
    public object? GetValue() => Call("#GETVALUE");

    /// <summary>Releases the object, which ends when nobody else has a proxy of it.</summary>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public override bool TryInvokeMember(InvokeMemberBinder binder, object?[]? args, out object? result)
    {
        ArgumentNullException.ThrowIfNull(binder);
        object?[] all = args ?? [];
        var names = binder.CallInfo.ArgumentNames;
        int inOrder = all.Length - names.Count;
        var named = names.Select((name, i) => KeyValuePair.Create(name, all[inOrder + i])).ToDictionary();
        result = CallWith(binder.Name, new PyTuple(all.AsSpan(0, inOrder)), named);
        return true;
    }

    /// <inheritdoc/>
    public override bool TryGetIndex(GetIndexBinder binder, object[] indexes, out object? result)
    {
        ArgumentNullException.ThrowIfNull(indexes);
        result = Call("__getitem__", indexes.Length == 1 ? indexes[0] : new PyTuple(indexes));
        return true;
    }

    /// <inheritdoc/>
    public override bool TrySetIndex(SetIndexBinder binder, object[] indexes, object? value)
    {
        ArgumentNullException.ThrowIfNull(indexes);
        Call("__setitem__", indexes.Length == 1 ? indexes[0] : new PyTuple(indexes), value);
        return true;
    }

    /// <inheritdoc/>
    public override bool TryGetMember(GetMemberBinder binder, out object? result)
    {
        ArgumentNullException.ThrowIfNull(binder);
        result = TypeId == "Value" && binder.Name == "value" ? Call("get") : Call("__getattribute__", binder.Name);
        return true;
    }

    /// <inheritdoc/>
    public override bool TrySetMember(SetMemberBinder binder, object? value)
    {
        ArgumentNullException.ThrowIfNull(binder);
        if (TypeId == "Value" && binder.Name == "value")
        {
            Call("set", value);
        }
        else
        {
            Call("__setattr__", binder.Name, value);
        }

        return true;
    }

    /// <summary>Returns the text of the object itself, as Python's <c>str</c> of a proxy does.</summary>
    /// <returns>The text, or that of the proxy when the manager cannot be reached.</returns>
    public override string ToString()
    {
        try
        {
            return Call("__repr__") as string ?? TypeId;
        }
        catch (Exception gone) when (gone is MultiprocException or IOException or ObjectDisposedException)
        {
            return $"<PythonProxy {TypeId} at {_manager.Address}; the object cannot be read>";
        }
    }

    internal PythonObject Reduced(string module)
    {
        var token = new PythonObject(new PythonObject(module, "Token"), PyTuple.Empty, isNew: true);
        token.SetState(new PyTuple(TypeId, _manager.Token, _ident));
        Dictionary<object, object?> options = ProxyClass == "AutoProxy" ? new() { ["exposed"] = new PyTuple([.. Exposed], owned: true) } : [];
        return new PythonObject(new PythonObject(module, "RebuildProxy"), new PyTuple(new PythonObject(module, ProxyClass), token, "pickle", options));
    }

    private static string ClassOf(string typeId) => typeId switch
    {
        "list" => "ListProxy",
        "dict" => "DictProxy",
        "set" => "SetProxy",
        "Lock" or "RLock" or "Semaphore" or "BoundedSemaphore" => "AcquirerProxy",
        "Condition" or "Event" or "Barrier" or "Namespace" or "Value" or "Array" or "Pool" or "Iterator" => $"{typeId}Proxy",
        _ => "AutoProxy",
    };

    private void Release()
    {
        if (Interlocked.Exchange(ref _counted, 0) == 1)
        {
            _manager.Release(_ident);
        }
    }
}
