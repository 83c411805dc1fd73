namespace Multiproc.Objects.Together;

/// <summary>How one of several objects is acquired, released and watched.</summary>
/// <param name="Owner">The object; two sides of one lock have the same.</param>
/// <param name="Acquire">Acquires it, in a time and with a token.</param>
/// <param name="AcquireAsync">Acquires it without blocking; null where the hold belongs to a thread.</param>
/// <param name="Release">Releases it.</param>
/// <param name="Lost">Gives the token that fires when the hold may be lost.</param>
internal sealed record Acquirable(
    SharedObject Owner,
    Func<TimeSpan?, CancellationToken, bool> Acquire,
    Func<TimeSpan?, CancellationToken, ValueTask<bool>>? AcquireAsync,
    Action Release,
    Func<CancellationToken> Lost);
