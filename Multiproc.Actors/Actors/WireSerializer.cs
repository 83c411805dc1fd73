using Akka.Actor;
using Akka.Configuration;
using Multiproc.Serialization;

namespace Multiproc.Actors;

/// <summary>Serializes Akka's messages with this library's own serializer, under its limits and rules.</summary>
/// <remarks>It takes the place of Akka's JSON serializer, so Akka constructs it with JSON settings, which it ignores.</remarks>
internal sealed class WireSerializer : Akka.Serialization.Serializer
{
    public WireSerializer(ExtendedActorSystem system, Config settings)
        : base(system) => _ = settings;

    public override int Identifier => 4200;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => Serializer.Pack<object?>(obj).Bytes.ToArray();

    public override object FromBinary(byte[] bytes, Type type) => Serializer.Unpack<object?>(new Payload(bytes))!;
}
