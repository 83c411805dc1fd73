using Multiproc.Serialization;

namespace Multiproc.Tests.Serialization;

/// <summary>Values through the serializer and back, as two processes would do it.</summary>
internal static class Wire
{
    public static T RoundTrip<T>(T value) => Serializer.Unpack<T>(Serializer.Pack(value));

    /// <summary>The message of the refusal to send.</summary>
    public static string RefusalOf<T>(T value) => Should.Throw<SerializationException>(() => Serializer.Pack(value)).Message;

    public static string RefusalToRead<T>(byte[] bytes) =>
        Should.Throw<SerializationException>(() => Serializer.Unpack<T>(new Payload(bytes))).Message;
}
