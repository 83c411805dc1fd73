using Multiproc.Serialization.Codecs;

namespace Multiproc;

/// <summary>
/// Defines for one type the form in which its objects are sent: Python's <c>ForkingPickler.register(type, reduce)</c>. For types that cannot, or should not, be
/// sent by their fields. Add it to <see cref="MultiprocOptions.Reducers"/> before the first process starts; children inherit it from their parent.
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

    /// <summary>Gets the type whose objects are sent by this reducer; derived types are not included.</summary>
    public abstract Type Of { get; }

    internal abstract Codec MakeCodec();

    /// <summary>Creates a reducer from two functions.</summary>
    /// <typeparam name="T">The type of the objects; derived types are not included.</typeparam>
    /// <typeparam name="TSent">The type that is sent instead: any sendable type without references back to the object.</typeparam>
    /// <param name="reduce">Converts an object to the form that is sent; runs in the sender.</param>
    /// <param name="rebuild">
    /// Rebuilds the object from that form; runs in the receiver. Both functions are sent to child processes, so their captured variables must be sendable.
    /// </param>
    /// <returns>A reducer for <see cref="MultiprocOptions.Reducers"/>.</returns>
    /// <exception cref="ArgumentException">The type is abstract or an interface, so no object is of exactly this type.</exception>
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
