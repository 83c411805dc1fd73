using System.Collections.Concurrent;
using System.Dynamic;
using System.Linq.Expressions;
using System.Reflection;
using Multiproc.Managers;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>
/// A proxy of a user's object in a manager, without an interface: call its methods by <see cref="CallMethod"/>, or use it as <c>dynamic</c>.
/// Only methods that were exposed can be called.
/// </summary>
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

    /// <summary>The name under which its type was registered.</summary>
    public string TypeId { get; }

    private protected override string Kind => $"Proxy {TypeId}";

    /// <summary>
    /// Calls a method. Its exceptions arrive with their type, message and remote stack. <c>add_Changed</c> and <c>remove_Changed</c> add and remove a handler of the event
    /// <c>Changed</c>, which stays until then; with a <c>dynamic</c> also <c>proxy.Changed += handler</c>.
    /// </summary>
    /// <param name="name">Its name; of a property <c>get_Name</c> and <c>set_Name</c>.</param>
    /// <param name="arguments">Anything that can be sent; delegates and <see cref="IProgress{T}"/> run here, while the call lasts.</param>
    /// <returns>What it gave; a stream for a method that gives an enumerable.</returns>
    /// <exception cref="RemoteException">The method is not exposed, or its result or exception cannot be sent.</exception>
    /// <exception cref="SerializationException">An argument cannot be sent.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public object? CallMethod(string name, params object?[] arguments) => TryListen(name, arguments) ? null : Result(_remote.Call(name, arguments));

    /// <summary>The same as <see cref="CallMethod"/>, without a blocked thread.</summary>
    /// <param name="name">The method's name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="cancellation">Cancels the call: a <see cref="CancellationToken"/> that the method takes fires.</param>
    /// <returns>What it gave.</returns>
    /// <exception cref="RemoteException">The method is not exposed, or its result or exception cannot be sent.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public async ValueTask<object?> CallMethodAsync(string name, object?[] arguments, CancellationToken cancellation = default) =>
        EventAccessors.Of(name) != EventAccessor.None && await Task.Run(() => TryListen(name, arguments), cancellation).ConfigureAwait(false)
            ? null
            : Result(await _remote.CallAsync(name, arguments, cancellation).ConfigureAwait(false));

    /// <summary>A copy of the referent, when it can be sent.</summary>
    /// <returns>The copy.</returns>
    /// <exception cref="RemoteException">It cannot be sent.</exception>
    public object? GetValue() => _remote.Call(ObjectRunner.ValueMethod, []);

    /// <summary>The same object by an interface whose methods it has.</summary>
    /// <typeparam name="T">An interface.</typeparam>
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
