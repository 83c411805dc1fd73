using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc.Managers;

/// <summary>A delegate or an <see cref="IProgress{T}"/> of another process.</summary>
internal sealed class Callback(ObjectHandle handle) : ISelfCoded<Callback>
{
    private const string Method = "Invoke";

    private readonly RemoteObject _remote = new(handle, "callback");

    public object As(Type wanted)
    {
        if (typeof(Delegate).IsAssignableFrom(wanted))
        {
            var returned = CallbackDelegates.ReturnTypeOf(wanted);
            return TaskResults.AwaitableOf(returned) is { } awaitable
                ? CallbackDelegates.Make(wanted, arguments => awaitable(() => _remote.CallAsync(Method, arguments, default)))
                : CallbackDelegates.Make(wanted, arguments => _remote.Call(Method, arguments));
        }

        if (wanted.IsGenericType && wanted.GetGenericTypeDefinition() == typeof(IProgress<>))
        {
            return Activator.CreateInstance(typeof(Reporter<>).MakeGenericType(wanted.GenericTypeArguments), this)!;
        }

        throw new ArgumentException($"A callback was passed where a {wanted} is expected.");
    }

    public void Tell(object?[] arguments) => _remote.Tell(Method, arguments);

    public bool IsSame(Callback other) => other._remote.Handle.IsSameObject(handle);

    public static Callback ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));

    public void WriteTo(WireWriter writer) => handle.WriteTo(writer);

    /// <summary>Sends progress reports in order, without waiting.</summary>
    private sealed class Reporter<T>(Callback callback) : IProgress<T>
    {
        public void Report(T value) => callback._remote.Tell($"Report({typeof(T)})", [value]);
    }
}
