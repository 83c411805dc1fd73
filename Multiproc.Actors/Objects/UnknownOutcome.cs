using Multiproc.Serialization;

namespace Multiproc;

/// <summary>What a facade does when a call was sent to another machine, and nobody knows whether it was carried out.</summary>
public enum UnknownOutcome
{
    /// <summary>The call throws an <see cref="OutcomeUnknownException"/>: its caller decides. The default.</summary>
    Tell,

    /// <summary>
    /// The call is made again: it is carried out at least once, perhaps twice. Eight times at most, and not after its timeout has passed; then it throws an
    /// <see cref="OutcomeUnknownException"/>.
    /// </summary>
    Retry,
}

/// <summary>Options of a facade, as methods that return another facade of the same object.</summary>
public static class SharedObjectOptions
{
    /// <summary>
    /// Returns another facade of the same object, whose calls do what <paramref name="outcome"/> says when their outcome is unknown. That happens with objects
    /// of managers on other machines, when the connection breaks during a call, and with objects of a cluster, when it took this node for dead, or lost the
    /// object with the memory of its node. Everything shorter is repeated exactly once by itself, whatever is chosen here. The choice does not travel: a
    /// facade that is sent arrives with <see cref="UnknownOutcome.Tell"/>.
    /// </summary>
    /// <typeparam name="T">The type of the facade.</typeparam>
    /// <param name="facade">A facade; it stays as it is.</param>
    /// <param name="outcome">What to do.</param>
    /// <returns>Another facade. Disposing it does not end the object.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="facade"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="outcome"/> is none of the two.</exception>
    /// <exception cref="ObjectDisposedException">The facade was disposed.</exception>
    /// <example>
    /// <code>
    /// var seen = cluster.Set&lt;string&gt;("seen").With(UnknownOutcome.Retry);   // adding twice is adding once
    /// seen.Add(url);
    /// </code>
    /// </example>
    public static T With<T>(this T facade, UnknownOutcome outcome)
        where T : SharedObject
    {
        ArgumentNullException.ThrowIfNull(facade);
        if (outcome is not (UnknownOutcome.Tell or UnknownOutcome.Retry))
        {
            throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "There is no such choice: use Tell or Retry.");
        }

        var other = Serializer.Unpack<T>(Serializer.Pack(facade));
        other.Handle.RepeatsUnknown = outcome == UnknownOutcome.Retry;
        return other;
    }
}
