using Akka.Actor;
using Akka.Configuration;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Actors;

/// <summary>Akka's messages in the form in which this library sends everything: by its own serializer, with its limits and rules.</summary>
/// <remarks>It stands in the place of Akka's serializer for JSON and is made as that is: with the settings of JSON, which say nothing to it.</remarks>
internal sealed class WireSerializer : Akka.Serialization.Serializer
{
    public WireSerializer(ExtendedActorSystem system, Config settings)
        : base(system) => _ = settings;

    public override int Identifier => 4200;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => Serializer.Pack<object?>(obj).Bytes.ToArray();

    public override object FromBinary(byte[] bytes, Type type) => Serializer.Unpack<object?>(new Payload(bytes))!;
}
