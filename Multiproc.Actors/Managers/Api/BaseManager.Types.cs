using Multiproc.Managers;
using Multiproc.Serialization;

namespace Multiproc;

/// <content>Types that are registered, and objects of them.</content>
public abstract partial class BaseManager
{
    /// <summary>
    /// Registers a class under an interface, for all managers. To register for one class of managers only, derive it from
    /// <see cref="BaseManager{TSelf}"/>.
    /// </summary>
    /// <typeparam name="TInterface">What proxies offer; exactly its methods can be called.</typeparam>
    /// <typeparam name="TClass">What is made in the server.</typeparam>
    /// <param name="typeId">The name of the type in the manager.</param>
    /// <param name="concurrent">Whether calls run at the same time; by default one after the other.</param>
    public static void Register<TInterface, TClass>(string typeId, bool concurrent = false)
        where TInterface : class
        where TClass : TInterface =>
        Add(typeof(BaseManager), TypeOf<TInterface, TClass>(typeId, OrderOf(concurrent)));

    /// <summary>Registers a type, for all managers; the arguments are those of Python's <c>register</c>.</summary>
    /// <param name="typeId">The name of the type in the manager.</param>
    /// <param name="callable">Makes the object, in the server. Without it the name alone is known, which is enough for who connects.</param>
    /// <param name="proxyType">An interface that the proxies have.</param>
    /// <param name="exposed">The methods that can be called, private ones too; by default all public ones, or those of the interface.</param>
    /// <param name="methodToTypeId">Methods whose result becomes a shared object of a registered type.</param>
    /// <param name="createMethod">Whether clients may create such objects; default true.</param>
    /// <param name="concurrent">Whether calls run at the same time; by default one after the other.</param>
    public static void Register(
        string typeId, Delegate? callable = null, Type? proxyType = null, IEnumerable<string>? exposed = null,
        IReadOnlyDictionary<string, string>? methodToTypeId = null, bool createMethod = true, bool concurrent = false) =>
        Add(typeof(BaseManager), TypeOf(typeId, callable, proxyType, exposed, methodToTypeId, createMethod, OrderOf(concurrent)));

    /// <summary>Makes an object of the type that is registered for an interface.</summary>
    /// <typeparam name="T">The interface.</typeparam>
    /// <param name="arguments">What its constructor takes.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="InvalidOperationException">No type is registered for the interface, or the manager is not started.</exception>
    /// <exception cref="RemoteException">The constructor failed; its message and stack are inside.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T Create<T>(params object?[] arguments)
        where T : class
    {
        var type = Registry.For(GetType()).Values.FirstOrDefault(static each => each.Interface == typeof(T))
            ?? throw new InvalidOperationException($"No type of {GetType().Name} is registered for {typeof(T)}: call Register first, or CreateAs with its name.");
        return CreateAs<T>(type.TypeId, arguments);
    }

    /// <summary>Makes an object of a registered type, and gives it by an interface.</summary>
    /// <typeparam name="T">The interface.</typeparam>
    /// <param name="typeId">The name of the type in the manager.</param>
    /// <param name="arguments">What its constructor takes.</param>
    /// <returns>A proxy that can be sent to other processes.</returns>
    /// <exception cref="RemoteException">There is no such type, or its constructor failed.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public T CreateAs<T>(string typeId, params object?[] arguments)
        where T : class =>
        Make(typeId, arguments) is var made && made is Proxy proxy ? proxy.As<T>() : (T)made!;

    /// <summary>Makes an object of a registered type.</summary>
    /// <param name="typeId">The name of the type in the manager.</param>
    /// <param name="arguments">What its constructor takes.</param>
    /// <returns>A <see cref="Proxy"/>, or the shared object that the type's callable gave.</returns>
    /// <exception cref="RemoteException">There is no such type, or its constructor failed.</exception>
    /// <exception cref="ConnectionLostException">The manager's process is gone.</exception>
    public dynamic Create(string typeId, params object?[] arguments) => Make(typeId, arguments)!;

    private protected static CallOrder OrderOf(bool concurrent) => concurrent ? CallOrder.AllAtOnce : CallOrder.OneByOne;

    private protected static void Add(Type manager, Registration registration) => Registry.Add(manager, registration);

    private protected static Registration TypeOf<TInterface, TClass>(string typeId, CallOrder order)
    {
        ArgumentException.ThrowIfNullOrEmpty(typeId);
        return typeof(TInterface).IsInterface
            ? new Registration(typeId, typeof(TInterface), typeof(TClass), null, null, null, true, order)
            : throw new ArgumentException($"{typeof(TInterface)} is no interface: proxies can be made of interfaces only.");
    }

    private protected static Registration TypeOf(
        string typeId, Delegate? callable, Type? proxyType, IEnumerable<string>? exposed, IReadOnlyDictionary<string, string>? methodToTypeId, bool createMethod, CallOrder order)
    {
        ArgumentException.ThrowIfNullOrEmpty(typeId);
        AsyncVoid.RefusedIfAny(callable);
        return proxyType is null or { IsInterface: true }
            ? new Registration(typeId, proxyType, null, callable, exposed?.ToArray(), methodToTypeId?.ToDictionary(), createMethod, order)
            : throw new ArgumentException($"{proxyType} is no interface: proxies can be made of interfaces only.", nameof(proxyType));
    }

    private protected object? Make(string typeId, object?[] arguments)
    {
        ArgumentException.ThrowIfNullOrEmpty(typeId);
        ArgumentNullException.ThrowIfNull(arguments);
        if (Registry.For(GetType()).GetValueOrDefault(typeId) is { CreateMethod: false })
        {
            throw new InvalidOperationException($"'{typeId}' was registered without a creating method: such objects come as results of others only.");
        }

        var reply = Root.Ask(new ManagerCommand.Construct(typeId, Serializer.Pack(arguments)), default);
        return new RemoteObject(Root, $"{GetType().Name} '{typeId}'").Open(reply, $"making a '{typeId}'", default);
    }
}

/// <summary>A manager whose types are registered for its class alone: <c>class MyManager : BaseManager&lt;MyManager&gt;</c>.</summary>
/// <typeparam name="TSelf">The class itself.</typeparam>
public abstract class BaseManager<TSelf> : BaseManager
    where TSelf : BaseManager<TSelf>
{
    /// <inheritdoc/>
    protected BaseManager(ManagerAddress? address = null, byte[]? authKey = null)
        : base(address, authKey)
    {
    }

    /// <summary>Registers a class under an interface, for this class of managers and those derived from it.</summary>
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
