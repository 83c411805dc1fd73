using System.Reflection;
using Multiproc.Serialization;

namespace Multiproc.Managers;

/// <summary>A typed proxy: the runtime makes a class of the interface, whose calls all arrive here. It is sent as the proxy and the interface.</summary>
internal class InterfaceProxy : DispatchProxy, ISentAs
{
    private Proxy? _proxy;
    private IArrivesAs? _sentForm;

    public Proxy Proxy => _proxy!;

    public IArrivesAs SentForm => _sentForm!;

    public static T Make<T>(Proxy proxy)
        where T : class
    {
        if (!typeof(T).IsInterface)
        {
            throw new ArgumentException($"{typeof(T)} is no interface: a typed proxy can be made of interfaces only.");
        }

        var made = Create<T, InterfaceProxy>();
        var mine = (InterfaceProxy)(object)made;
        mine._proxy = proxy;
        mine._sentForm = new SentInterface<T>(proxy);
        return made;
    }

    public override bool Equals(object? obj) => obj is InterfaceProxy other && other.Proxy.Equals(Proxy);

    public override int GetHashCode() => Proxy.GetHashCode();

    public override string ToString() => Proxy.ToString();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var method = targetMethod!;
        object?[] arguments = args ?? [];
        if (method.IsGenericMethod || method.GetParameters().Any(static parameter => parameter.ParameterType.IsByRef))
        {
            throw new NotSupportedException($"{method.DeclaringType}.{method.Name} cannot be called through a proxy: it is generic, or has a parameter by reference.");
        }

        if (method.DeclaringType == typeof(IDisposable))
        {
            Proxy.Dispose();
            return null;
        }

        string key = ExposedMethods.KeyOf(method);
        bool isIdempotent = method.IsDefined(typeof(IdempotentAttribute), inherit: true);
        var cancellation = arguments.OfType<CancellationToken>().FirstOrDefault();
        if (TaskResults.Awaitable(method.ReturnType, () => Proxy.Remote.CallAsync(key, arguments, cancellation, isIdempotent)) is { } task)
        {
            return task;
        }

        object? result = Proxy.Remote.Call(key, arguments, cancellation, isIdempotent);
        return result switch
        {
            StreamNumber stream => Activator.CreateInstance(typeof(RemoteStream<>).MakeGenericType(OpenStreams.ItemOf(method.ReturnType)!), Proxy.Remote, stream.Number),
            Proxy proxy when !method.ReturnType.IsInstanceOfType(proxy) => proxy.As(method.ReturnType),
            _ => result,
        };
    }
}

/// <summary>A typed proxy on its way.</summary>
internal sealed class SentInterface<T>(Proxy proxy) : ISelfCoded<SentInterface<T>>, IArrivesAs
    where T : class
{
    public object Arrived => InterfaceProxy.Make<T>(proxy);

    public void WriteTo(WireWriter writer) => ((ISelfCoded)proxy).WriteTo(writer);

    public static SentInterface<T> ReadFrom(ref WireReader reader) => new(Read<Proxy>(ref reader));

    private static TProxy Read<TProxy>(ref WireReader reader)
        where TProxy : ISelfCoded<TProxy> =>
        TProxy.ReadFrom(ref reader);
}
