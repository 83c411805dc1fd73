namespace Multiproc;

/// <summary>
/// Converts objects of a type to the form that is sent, and back. A generic class that implements it is a reducer for all closings of a generic type
/// (<see cref="Reducer.ForGeneric"/>).
/// </summary>
/// <typeparam name="T">The type of the objects.</typeparam>
/// <typeparam name="TSent">The type that is sent instead: any sendable type without references back to the object.</typeparam>
/// <example>
/// <code>
/// sealed class TapReducer&lt;T&gt; : IReducer&lt;Tap&lt;T&gt;, T&gt;
/// {
///     public T Reduce(Tap&lt;T&gt; value) => value.Content;
///
///     public Tap&lt;T&gt; Rebuild(T sent) => new(sent);
/// }
/// </code>
/// </example>
public interface IReducer<T, TSent>
    where T : class
{
    /// <summary>Converts an object to the form that is sent. Runs in the sender.</summary>
    /// <param name="value">The object.</param>
    /// <returns>The form that is sent.</returns>
    TSent Reduce(T value);

    /// <summary>Rebuilds the object from that form. Runs in the receiver.</summary>
    /// <param name="sent">The form that was sent.</param>
    /// <returns>The object; never null.</returns>
    T Rebuild(TSent sent);
}
