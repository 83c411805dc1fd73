using System.Reflection;
using Multiproc.Managers;
using Multiproc.Serialization;

namespace Multiproc.Cluster.Recorded;

/// <summary>
/// A typed proxy of a user's object that is kept as a record: the runtime generates a class that implements the interface by calls of this one.
/// </summary>
internal class RecordedProxy : DispatchProxy, ISentAs
{
    private RecordedObject _object = null!;

    public IArrivesAs SentForm => _object;

    public static T Make<T>(RecordedObject target)
        where T : class
    {
        var made = Create<T, RecordedProxy>();
        ((RecordedProxy)(object)made)._object = target;
        return made;
    }

    public override bool Equals(object? obj) => obj is RecordedProxy other && other._object.Record.Equals(_object.Record);

    public override int GetHashCode() => _object.Record.GetHashCode();

    public override string ToString() => _object.Record.ToString();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var method = ProxyMethod.Of(targetMethod!);
        object?[] arguments = args ?? [];
        if (method.IsDispose)
        {
            _object.Record.Dispose();
            return null;
        }

        var cancellation = method.TokenOf(arguments);
        return method.Awaitable is { } awaitable
            ? awaitable(() => _object.CallAsync(targetMethod!, arguments, cancellation))
            : _object.Call(targetMethod!, arguments, cancellation);
    }
}
