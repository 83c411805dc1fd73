using System.Reflection;
using Multiproc.Serialization;

namespace Multiproc.Managers;

/// <summary>
/// A typed proxy: the runtime generates a class that implements the interface by calls of this one. It is sent as the proxy and the interface.
/// </summary>
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
            throw new ArgumentException($"{typeof(T)} is not an interface: typed proxies can implement interfaces only.");
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
        var method = ProxyMethod.Of(targetMethod!);
        object?[] arguments = args ?? [];
        if (method.IsDispose)
        {
            Proxy.Dispose();
            return null;
        }

        switch (method.Event)
        {
            case EventAccessor.Add when arguments[0] is Delegate handler:
                Proxy.Subscriptions.Add(Proxy.Remote, method.Key, handler);
                return null;
            case EventAccessor.Remove when arguments[0] is Delegate handler:
                Proxy.Subscriptions.Remove(Proxy.Remote, method.Key, handler);
                return null;
        }

        var cancellation = method.TokenOf(arguments);
        if (method.Awaitable is { } awaitable)
        {
            return awaitable(() => Proxy.Remote.CallAsync(method.Key, arguments, cancellation, method.IsIdempotent));
        }

        object? result = Proxy.Remote.Call(method.Key, arguments, cancellation, method.IsIdempotent);
        return result switch
        {
            StreamNumber stream =>
                Activator.CreateInstance(typeof(RemoteStream<>).MakeGenericType(OpenStreams.ItemOf(method.ReturnType)!), Proxy.Remote, stream.Number),
            Proxy proxy when !method.ReturnType.IsInstanceOfType(proxy) => proxy.As(method.ReturnType),
            _ => result,
        };
    }
}

/// <summary>The wire form of a typed proxy.</summary>
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
