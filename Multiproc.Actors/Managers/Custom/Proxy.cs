using System.Collections.Concurrent;
using System.Dynamic;
using System.Linq.Expressions;
using System.Reflection;
using Multiproc.Managers;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// Represents a user's object in a manager's process, without an interface: call its methods by <see cref="CallMethod"/>, or use it as <c>dynamic</c>.
/// Only exposed methods can be called.
/// </summary>
/// <example>
/// <code>
/// BaseManager.Register("Maths", callable: static () =&gt; new MathsClass());
/// dynamic maths = manager.Create("Maths");
/// int sum = maths.Add(4, 3);
/// </code>
/// </example>
public sealed class Proxy : BaseProxy, IDynamicMetaObjectProvider, ISelfCoded<Proxy>
{
    private static readonly MethodInfo s_as = typeof(Proxy).GetMethod(nameof(As), BindingFlags.Public | BindingFlags.Instance)!;

    private readonly RemoteObject _remote;
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    internal Proxy(string typeId, ObjectHandle handle)
        : base(handle)
    {
        TypeId = typeId;
        _remote = new RemoteObject(handle, $"{typeId} ({handle})");
    }

    /// <summary>Gets the name under which the type of the object was registered.</summary>
    public string TypeId { get; }

    private protected override string Kind => $"Proxy {TypeId}";

    /// <summary>
    /// Calls a method and waits for its result. The method's exceptions are rethrown with their type, message and remote stack trace.
    /// <c>add_Changed</c> and <c>remove_Changed</c> add and remove a handler of the event <c>Changed</c>; with a <c>dynamic</c> also <c>proxy.Changed +=
    /// handler</c>.
    /// </summary>
    /// <param name="name">The name of the method; for a property <c>get_Name</c> or <c>set_Name</c>.</param>
    /// <param name="arguments">
    /// The arguments, of sendable types. Delegates and <see cref="IProgress{T}"/> run in the caller's process, until the call returns.
    /// </param>
    /// <returns>The result of the method; for a method that returns an enumerable, a stream that is read item by item.</returns>
    /// <exception cref="RemoteException">The method is not exposed, or its result or exception cannot be serialized.</exception>
    /// <exception cref="SerializationException">An argument cannot be serialized.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public object? CallMethod(string name, params object?[] arguments) => TryListen(name, arguments) ? null : Result(_remote.Call(name, arguments));

    /// <summary>Asynchronously calls a method. The method's exceptions are rethrown with their type, message and remote stack trace.</summary>
    /// <param name="name">The name of the method; for a property <c>get_Name</c> or <c>set_Name</c>.</param>
    /// <param name="arguments">
    /// The arguments, of sendable types. Delegates and <see cref="IProgress{T}"/> run in the caller's process, until the call returns.
    /// </param>
    /// <param name="cancellation">Cancels the call, and the <see cref="CancellationToken"/> parameter of the method if it has one.</param>
    /// <returns>The result of the method; for a method that returns an enumerable, a stream that is read item by item.</returns>
    /// <exception cref="RemoteException">The method is not exposed, or its result or exception cannot be serialized.</exception>
    /// <exception cref="OperationCanceledException">The call was canceled.</exception>
    public async ValueTask<object?> CallMethodAsync(string name, object?[] arguments, CancellationToken cancellation = default) =>
        EventAccessors.Of(name) != EventAccessor.None && await Task.Run(() => TryListen(name, arguments), cancellation).ConfigureAwait(false)
            ? null
            : Result(await _remote.CallAsync(name, arguments, cancellation).ConfigureAwait(false));

    /// <summary>Copies the referent, which must be of a sendable type.</summary>
    /// <returns>A local copy.</returns>
    /// <exception cref="RemoteException">The referent cannot be serialized.</exception>
    public object? GetValue() => _remote.Call(ObjectRunner.ValueMethod, []);

    /// <summary>Returns a typed proxy of the object, by an interface whose methods the object has.</summary>
    /// <typeparam name="T">The interface.</typeparam>
    /// <returns>A proxy that can be sent to other processes.</returns>
    public T As<T>()
        where T : class =>
        InterfaceProxy.Make<T>(this);

    DynamicMetaObject IDynamicMetaObjectProvider.GetMetaObject(Expression parameter) => new DynamicProxy(parameter, this);

    static Proxy ISelfCoded<Proxy>.ReadFrom(ref WireReader reader)
    {
        var handle = ObjectHandle.ReadFrom(ref reader);
        return new Proxy(reader.String(), handle);
    }

    internal RemoteObject Remote => _remote;

    internal Subscriptions Subscriptions { get; } = new();

    /// <summary>Whether a method of this name is exposed; asked once for each name.</summary>
    internal bool Has(string method) => _known.GetOrAdd(method, static (name, remote) => (bool)remote.Call(ObjectRunner.HasMethod, [name])!, _remote);

    internal object As(Type type) => s_as.MakeGenericMethod(type).Invoke(this, BindingFlags.DoNotWrapExceptions, null, null, null)!;

    private protected override void WriteTo(WireWriter writer)
    {
        base.WriteTo(writer);
        writer.String(TypeId);
    }

    private protected override void Dispose(bool disposing)
    {
        Subscriptions.Clear(_remote);
        base.Dispose(disposing);
    }

    private protected override string Describe() => (string?)_remote.Call(ObjectRunner.TextMethod, []) ?? "";

    private bool TryListen(string name, object?[] arguments)
    {
        if (arguments is not [Delegate handler])
        {
            return false;
        }

        switch (EventAccessors.Of(name))
        {
            case EventAccessor.Add:
                Subscriptions.Add(_remote, name, handler);
                return true;
            case EventAccessor.Remove:
                Subscriptions.Remove(_remote, name, handler);
                return true;
            default:
                return false;
        }
    }

    private object? Result(object? result) => result is StreamNumber stream ? new RemoteStream<object?>(_remote, stream.Number) : result;
}
