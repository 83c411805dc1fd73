namespace Multiproc;

/// <summary>
/// A method of an interface that may be carried out twice without harm. When the connection to another machine breaks during a call of it, the call is
/// repeated over the next one; without this its caller gets <see cref="OutcomeUnknownException"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class IdempotentAttribute : Attribute;
