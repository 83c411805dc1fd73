using Multiproc.Serialization;

namespace Multiproc.Connections;

/// <summary>Objects as the bytes of a message, and back.</summary>
internal interface IObjectFormat
{
    /// <exception cref="SerializationException">The value cannot be sent.</exception>
    void Write<T>(WireWriter writer, T value);

    /// <exception cref="SerializationException">The bytes are no value, or it is no <typeparamref name="T"/>.</exception>
    T Read<T>(ReadOnlySpan<byte> message);
}

/// <summary>The one place that knows which formats there are.</summary>
internal static class ObjectFormat
{
    public static IObjectFormat Of(ConnectionFormat format) => format switch
    {
        ConnectionFormat.Native => NativeFormat.Instance,
        ConnectionFormat.Pickle => PickleFormat.Instance,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format."),
    };

    /// <summary>A received value as what its receiver wants: itself, or a whole number in a wider type.</summary>
    /// <exception cref="SerializationException">It is something else.</exception>
    public static T As<T>(object? value)
    {
        switch (value)
        {
            case T wanted:
                return wanted;
            case null when default(T) is null:
                return default!;
            case int number when typeof(T) == typeof(long):
                return (T)(object)(long)number;
            case int number when typeof(T) == typeof(double):
                return (T)(object)(double)number;
            default:
                throw new SerializationException($"The message is {(value is null ? "null" : $"a {TypeNames.Of(value.GetType())}")}, not a {TypeNames.Of(typeof(T))}: receive what was sent, or receive an object.");
        }
    }
}
