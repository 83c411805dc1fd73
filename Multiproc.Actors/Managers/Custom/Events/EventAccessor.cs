using System.Reflection;

namespace Multiproc.Managers;

/// <summary>Specifies whether a method is an accessor of an event.</summary>
internal enum EventAccessor
{
    None = 0,
    Add = 1,
    Remove = 2,
}

/// <summary>Distinguishes the accessors of events from other methods.</summary>
internal static class EventAccessors
{
    private const string AddPrefix = "add_";
    private const string RemovePrefix = "remove_";

    public static EventAccessor Of(MethodInfo method) =>
        !method.IsSpecialName || method.GetParameters() is not [{ ParameterType: var type }] || !typeof(Delegate).IsAssignableFrom(type) ? EventAccessor.None
        : Of(method.Name);

    public static EventAccessor Of(string methodName) =>
        methodName.StartsWith(AddPrefix, StringComparison.Ordinal) ? EventAccessor.Add
        : methodName.StartsWith(RemovePrefix, StringComparison.Ordinal) ? EventAccessor.Remove
        : EventAccessor.None;

    public static string AddName(string @event) => AddPrefix + @event;

    public static string RemoveName(string @event) => RemovePrefix + @event;

    /// <summary>The key of the remove accessor that belongs to an add accessor.</summary>
    public static string Opposite(string addKey) => RemovePrefix + addKey[AddPrefix.Length..];

    /// <summary>The name of the event.</summary>
    public static string EventOf(string methodName) => methodName[(methodName.IndexOf('_', StringComparison.Ordinal) + 1)..];
}
