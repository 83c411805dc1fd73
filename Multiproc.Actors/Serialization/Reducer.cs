using Multiproc.Serialization;
using Multiproc.Serialization.Codecs;

namespace Multiproc;

/// <summary>
/// Says for one type in which form it is sent: Python's <c>ForkingPickler.register(type, reduce)</c>. For types that cannot be sent by themselves, or should not. Give it to
/// <see cref="MultiprocOptions.Reducers"/> before the first process starts; children have it from their parent.
/// </summary>
/// <example>
/// <code>
/// Mp.Configure(Mp.Options with
/// {
///     Reducers = [Reducer.For((FileStream file) => (file.Name, file.Position), static sent => Open(sent.Name, sent.Position))],
/// });
/// </code>
/// </example>
public abstract class Reducer
{
    private protected Reducer()
    {
    }

    /// <summary>The type that it is for; objects of exactly this type.</summary>
    public abstract Type Of { get; }

    internal abstract Codec MakeCodec();

    /// <summary>Makes one.</summary>
    /// <typeparam name="T">The type of the objects; no subclass of it.</typeparam>
    /// <typeparam name="TSent">What is sent for them; anything that can be sent, but nothing that refers back to the object.</typeparam>
    /// <param name="reduce">Makes the form that is sent, in the sender.</param>
    /// <param name="rebuild">Makes the object of it, in the receiver. Neither may capture what cannot be sent: both go to the children.</param>
    /// <returns>A reducer for <see cref="MultiprocOptions.Reducers"/>.</returns>
    /// <exception cref="ArgumentException">No object is of exactly this type: it is abstract or an interface.</exception>
    public static Reducer For<T, TSent>(Func<T, TSent> reduce, Func<TSent, T> rebuild)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(reduce);
        ArgumentNullException.ThrowIfNull(rebuild);
        return typeof(T).IsAbstract
            ? throw new ArgumentException($"No object is of exactly the type {typeof(T)}, which is abstract: name the class of the objects.")
            : new Reducer<T, TSent>(reduce, rebuild);
    }
}

internal sealed class Reducer<T, TSent>(Func<T, TSent> reduce, Func<TSent, T> rebuild) : Reducer
    where T : class
{
    public override Type Of => typeof(T);

    internal override Codec MakeCodec() => new ReducerCodec<T, TSent>(reduce, rebuild);
}
