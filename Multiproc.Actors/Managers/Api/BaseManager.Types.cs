using Multiproc.Managers;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>Registration of types, and creation of objects.</content>
public abstract partial class BaseManager
{
    /// <summary>
    /// Registers a class and the interface of its proxies, for all classes of managers. To register for one class of managers only, derive that class from
    /// <see cref="BaseManager{TSelf}"/>.
    /// </summary>
    /// <typeparam name="TInterface">The interface that proxies implement; only its methods can be called.</typeparam>
    /// <typeparam name="TClass">The class that is instantiated in the server.</typeparam>
    /// <param name="typeId">The name under which the type is registered.</param>
    /// <param name="concurrent">Whether calls to one object may run concurrently; by default they run one after another.</param>
    public static void Register<TInterface, TClass>(string typeId, bool concurrent = false)
        where TInterface : class
        where TClass : TInterface =>
        Add(typeof(BaseManager), TypeOf<TInterface, TClass>(typeId, OrderOf(concurrent)));

    /// <summary>Registers a type for all classes of managers, with the arguments of Python's <c>register</c>.</summary>
    /// <param name="typeId">The name under which the type is registered.</param>
    /// <param name="callable">
    /// Constructs the object; runs in the server. Null (the default) registers only the name, which is enough for a client that connects.
    /// </param>
    /// <param name="proxyType">The interface that proxies implement; null (the default) gives dynamic proxies.</param>
    /// <param name="exposed">The names of the callable methods, which may be private; by default all public methods, or those of the interface.</param>
    /// <param name="methodToTypeId">Maps method names to registered types: the result of such a method becomes a shared object of that type.</param>
    /// <param name="createMethod">Whether clients may create objects of the type; default true.</param>
    /// <param name="concurrent">Whether calls to one object may run concurrently; by default they run one after another.</param>
    public static void Register(
        string typeId, Delegate? callable = null, Type? proxyType = null, IEnumerable<string>? exposed = null,
        IReadOnlyDictionary<string, string>? methodToTypeId = null, bool createMethod = true, bool concurrent = false) =>
        Add(typeof(BaseManager), TypeOf(typeId, callable, proxyType, exposed, methodToTypeId, createMethod, OrderOf(concurrent)));

    /// <summary>Creates an object of the type that is registered for an interface.</summary>
    /// <typeparam name="T">The interface.</typeparam>
    /// <param name="arguments">The arguments of the constructor.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="InvalidOperationException">No type is registered for the interface, or the manager is not started.</exception>
    /// <exception cref="RemoteException">The constructor threw; the exception has its message and stack trace.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T Create<T>(params object?[] arguments)
        where T : class
    {
        var type = Registry.For(GetType()).Values.FirstOrDefault(static each => each.Interface == typeof(T))
            ?? throw new InvalidOperationException(
                $"No type of {GetType().Name} is registered for {typeof(T)}: call Register first, or CreateAs with its name.");
        return CreateAs<T>(type.TypeId, arguments);
    }

    /// <summary>Creates an object of a registered type and returns a proxy with the given interface.</summary>
    /// <typeparam name="T">The interface.</typeparam>
    /// <param name="typeId">The name under which the type is registered.</param>
    /// <param name="arguments">The arguments of the constructor.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="RemoteException">No such type is registered in the server, or its constructor threw.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T CreateAs<T>(string typeId, params object?[] arguments)
        where T : class =>
        Make(typeId, arguments) is var made && made is Proxy proxy ? proxy.As<T>() : (T)made!;

    /// <summary>Creates an object of a registered type and returns a dynamic proxy.</summary>
    /// <param name="typeId">The name under which the type is registered.</param>
    /// <param name="arguments">The arguments of the constructor.</param>
    /// <returns>A <see cref="Proxy"/>, or the shared object that the type's callable returned.</returns>
    /// <exception cref="RemoteException">No such type is registered in the server, or its constructor threw.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public dynamic Create(string typeId, params object?[] arguments) => Make(typeId, arguments)!;

    private protected static CallOrder OrderOf(bool concurrent) => concurrent ? CallOrder.AllAtOnce : CallOrder.OneByOne;

    private protected static void Add(Type manager, Registration registration) => Registry.Add(manager, registration);

    private protected static Registration TypeOf<TInterface, TClass>(string typeId, CallOrder order)
    {
        ArgumentException.ThrowIfNullOrEmpty(typeId);
        return typeof(TInterface).IsInterface
            ? new Registration(typeId, typeof(TInterface), typeof(TClass), null, null, null, true, order)
            : throw new ArgumentException($"{typeof(TInterface)} is not an interface: proxies can implement interfaces only.");
    }

    private protected static Registration TypeOf(
        string typeId, Delegate? callable, Type? proxyType, IEnumerable<string>? exposed, IReadOnlyDictionary<string, string>? methodToTypeId,
        bool createMethod, CallOrder order)
    {
        ArgumentException.ThrowIfNullOrEmpty(typeId);
        AsyncVoid.RefusedIfAny(callable);
        return proxyType is null or { IsInterface: true }
            ? new Registration(typeId, proxyType, null, callable, exposed?.ToArray(), methodToTypeId?.ToDictionary(), createMethod, order)
            : throw new ArgumentException($"{proxyType} is not an interface: proxies can implement interfaces only.", nameof(proxyType));
    }

    private protected object? Make(string typeId, object?[] arguments)
    {
        ArgumentException.ThrowIfNullOrEmpty(typeId);
        ArgumentNullException.ThrowIfNull(arguments);
        if (Registry.For(GetType()).GetValueOrDefault(typeId) is { CreateMethod: false })
        {
            throw new InvalidOperationException($"'{typeId}' was registered with createMethod false: such objects are created only as results of methods.");
        }

        var reply = Root.Ask(new ManagerCommand.Construct(typeId, Serializer.Pack(arguments)), default);
        return new RemoteObject(Root, $"{GetType().Name} '{typeId}'").Open(reply, $"making a '{typeId}'", default);
    }
}

/// <summary>Base class of managers whose types are registered for their own class only: <c>class MyManager : BaseManager&lt;MyManager&gt;</c>.</summary>
/// <typeparam name="TSelf">The derived class.</typeparam>
public abstract class BaseManager<TSelf> : BaseManager
    where TSelf : BaseManager<TSelf>
{
    /// <inheritdoc/>
    protected BaseManager(ManagerAddress? address = null, byte[]? authKey = null)
        : base(address, authKey)
    {
    }

    /// <summary>Registers a class and the interface of its proxies, for this class of managers and those derived from it.</summary>
    /// <inheritdoc cref="BaseManager.Register{TInterface, TClass}(string, bool)"/>
    public static new void Register<TInterface, TClass>(string typeId, bool concurrent = false)
        where TInterface : class
        where TClass : TInterface =>
        Add(typeof(TSelf), TypeOf<TInterface, TClass>(typeId, OrderOf(concurrent)));

    /// <summary>Registers a type, for this class of managers and those derived from it.</summary>
    /// <inheritdoc cref="BaseManager.Register(string, Delegate, Type, IEnumerable{string}, IReadOnlyDictionary{string, string}, bool, bool)"/>
    public static new void Register(
        string typeId, Delegate? callable = null, Type? proxyType = null, IEnumerable<string>? exposed = null,
        IReadOnlyDictionary<string, string>? methodToTypeId = null, bool createMethod = true, bool concurrent = false) =>
        Add(typeof(TSelf), TypeOf(typeId, callable, proxyType, exposed, methodToTypeId, createMethod, OrderOf(concurrent)));
}
