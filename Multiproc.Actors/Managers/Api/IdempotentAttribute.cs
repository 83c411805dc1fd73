namespace Multiproc;

/// <summary>
/// Marks an interface method as safe to execute twice. When the connection to another machine breaks during a call, an idempotent call is retried over the next
/// connection; any other call fails with <see cref="OutcomeUnknownException"/>.
/// </summary>
/// <example>
/// <code>
/// interface ICatalog
/// {
///     [Idempotent]
///     decimal PriceOf(string article);
/// }
/// </code>
/// </example>
[AttributeUsage(AttributeTargets.Method)]
public sealed class IdempotentAttribute : Attribute;
