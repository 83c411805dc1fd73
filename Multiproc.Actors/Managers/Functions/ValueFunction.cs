using System.Reflection;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>A user's function that makes a new value of a known one. It is sent to where the value lives.</summary>
internal abstract class ValueFunction
{
    public abstract Delegate Function { get; }

    /// <summary>Whether running it may change what was captured: then the bytes of it tell whether it did.</summary>
    public bool HasState => Function.Target is { } target && target.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length > 0;

    /// <summary>Reads the value. What is returned runs the function; what that throws is the user's.</summary>
    /// <exception cref="SerializationException">The value is not of the type that is wanted.</exception>
    public abstract Func<Payload> On(Payload known);
}

/// <summary>One of the two is there.</summary>
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
