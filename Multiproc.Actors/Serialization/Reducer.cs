using Multiproc.Serialization;
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
/// <remarks>
/// When several reducers fit an object, the most specific one is used: <see cref="For"/> of exactly its class, then those of its nearest base class, then those
/// of its interfaces, an interface before those that it derives from. Of two that are equally specific, <see cref="ForAll"/> goes before
/// <see cref="ForGeneric"/>, and else the one that comes first in <see cref="MultiprocOptions.Reducers"/>.
/// </remarks>
public abstract class Reducer
{
    private protected Reducer()
    {
    }

    /// <summary>Gets the type whose objects are sent by this reducer: a class, a base class or an interface, or an open generic type.</summary>
    public abstract Type Of { get; }

    /// <summary>Makes the codec of the objects of exactly the class; null if the reducer is for a family of classes.</summary>
    internal abstract Codec? MakeCodec();

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
            ? throw new ArgumentException($"No object is of exactly the type {typeof(T)}, which is abstract: name the class of the objects, or call ForAll.")
            : new Reducer<T, TSent>(reduce, rebuild);
    }

    /// <summary>
    /// Creates a reducer for the objects of all classes that derive from a class or implement an interface. Types that the library has a form for, such as
    /// collections, exceptions and delegates, keep it, and structs are sent by their fields.
    /// </summary>
    /// <typeparam name="T">The interface, or the base class: objects of exactly that class are included.</typeparam>
    /// <typeparam name="TSent">The type that is sent instead: any sendable type without references back to the object.</typeparam>
    /// <param name="reduce">Converts an object to the form that is sent; runs in the sender.</param>
    /// <param name="rebuild">
    /// Rebuilds the object from that form; runs in the receiver. The object may be of another class than the one that was sent: the receiver refuses it in a
    /// place that is declared as a class which it is not of. Both functions are sent to child processes, so their captured variables must be sendable.
    /// </param>
    /// <returns>A reducer for <see cref="MultiprocOptions.Reducers"/>.</returns>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> is <see cref="object"/>, which everything derives from.</exception>
    /// <example>
    /// <code>
    /// Reducer.ForAll((IShape shape) => shape.ToJson(), static json => Shapes.Parse(json))
    /// </code>
    /// </example>
    public static Reducer ForAll<T, TSent>(Func<T, TSent> reduce, Func<TSent, T> rebuild)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(reduce);
        ArgumentNullException.ThrowIfNull(rebuild);
        return typeof(T) == typeof(object)
            ? throw new ArgumentException("Everything is an object: name the base class or the interface of the objects.")
            : new FamilyReducer<T, TSent>(reduce, rebuild);
    }

    /// <summary>
    /// Creates a reducer for all closings of a generic type: of a class for objects of exactly that class, of an abstract class or an interface for the objects
    /// of all classes that derive from it or implement it.
    /// </summary>
    /// <param name="of">The open generic type, such as <c>typeof(Tap&lt;&gt;)</c>.</param>
    /// <param name="reducer">
    /// An open generic class with as many type parameters, in the same order, and a public constructor without parameters, such as
    /// <c>typeof(TapReducer&lt;&gt;)</c> where <c>TapReducer&lt;T&gt;</c> implements <c>IReducer&lt;Tap&lt;T&gt;, …&gt;</c>. Closings that its constraints
    /// exclude are sent without it.
    /// </param>
    /// <returns>A reducer for <see cref="MultiprocOptions.Reducers"/>.</returns>
    /// <exception cref="ArgumentException">The types do not fit together; the message says why.</exception>
    /// <example>
    /// <code>
    /// Reducer.ForGeneric(typeof(Tap&lt;&gt;), typeof(TapReducer&lt;&gt;))
    /// </code>
    /// </example>
    public static Reducer ForGeneric(Type of, Type reducer)
    {
        ArgumentNullException.ThrowIfNull(of);
        ArgumentNullException.ThrowIfNull(reducer);
        return GenericReducer.FaultOf(of, reducer) is { } fault ? throw new ArgumentException(fault) : new GenericReducer(of, reducer);
    }
}

internal sealed class Reducer<T, TSent>(Func<T, TSent> reduce, Func<TSent, T> rebuild) : Reducer
    where T : class
{
    public override Type Of => typeof(T);

    internal override Codec? MakeCodec() => new ReducerCodec<T, TSent>(reduce, rebuild);
}
