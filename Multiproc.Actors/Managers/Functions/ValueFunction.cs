using System.Reflection;
using Multiproc.Serialization;

namespace Multiproc.Managers;

/// <summary>A user's function that computes a new value from the current one. It is sent to the process where the value lives.</summary>
internal abstract class ValueFunction
{
    public abstract Delegate Function { get; }

    /// <summary>Whether the function has captured variables, which it may change; comparing its serialized forms tells whether it did.</summary>
    public bool HasState =>
        Function.Target is { } target && target.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length > 0;

    /// <summary>Deserializes the value and returns a delegate that runs the function; exceptions of that delegate are the user's.</summary>
    /// <exception cref="SerializationException">The value is not of the expected type.</exception>
    public abstract Func<Payload> On(Payload known);
}

/// <summary>Exactly one of the two parameters is not null.</summary>
internal sealed class ValueFunction<T>(Func<T, T>? make, Action<T>? change) : ValueFunction
{
    public override Delegate Function => (Delegate?)make ?? change!;

    public T Apply(T known)
    {
        if (make is not null)
        {
            return make(known);
        }

        change!(known);
        return known;
    }

    public override Func<Payload> On(Payload known)
    {
        var value = Serializer.Unpack<T>(known);
        return () => Serializer.Pack(Apply(value));
    }
}
