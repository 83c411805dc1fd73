using Multiproc.Serialization;

namespace Multiproc.Connections;

/// <summary>Serializes objects to the bytes of a message, and back.</summary>
internal interface IObjectFormat
{
    /// <exception cref="SerializationException">The value cannot be serialized.</exception>
    void Write<T>(WireWriter writer, T value);

    /// <exception cref="SerializationException">The bytes are malformed, or the value is not a <typeparamref name="T"/>.</exception>
    T Read<T>(ReadOnlySpan<byte> message);
}

/// <summary>The table of object formats.</summary>
internal static class ObjectFormat
{
    public static IObjectFormat Of(ConnectionFormat format) => format switch
    {
        ConnectionFormat.Native => NativeFormat.Instance,
        ConnectionFormat.Pickle => PickleFormat.Instance,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format."),
    };

    /// <summary>Converts a received value to the expected type: unchanged, or an integer to a wider type.</summary>
    /// <exception cref="SerializationException">The value is of another type.</exception>
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
                throw new SerializationException(
                    $"The message is {(value is null ? "null" : $"a {TypeNames.Of(value.GetType())}")}, not a {TypeNames.Of(typeof(T))}: receive what was "
                        + "sent, or receive an object.");
        }
    }
}
