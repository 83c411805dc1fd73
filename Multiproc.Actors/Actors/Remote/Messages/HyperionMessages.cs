using Akka.Actor;
using Akka.Serialization;
using Hyperion;
using Multiproc.Serialization;
using Multiproc.Serialization.Codecs;

namespace Multiproc.Actors.Remote;

/// <summary>
/// Hyperion for the messages that a program binds to it in its configuration (<c>akka.actor.serialization-bindings</c>, name <c>hyperion</c>), within the rules
/// of this library: types that it would not send are refused in both directions, and shared objects arrive as the same objects.
/// </summary>
/// <remarks>Akka makes all serializers at the start of a system; Hyperion is loaded with the first message that is bound to it.</remarks>
internal sealed class HyperionMessages(ExtendedActorSystem system) : Akka.Serialization.Serializer(system)
{
    private readonly Lazy<HyperionSerializer> _hyperion = new(() => new HyperionSerializer(
        system,
        HyperionSerializerSettings.Default
            .WithVersionTolerance(false)
            .WithSurrogates(HyperionForms.Surrogates)
            .WithDisallowUnsafeType(true)
            .WithTypeFilter(HyperionTypes.Instance)));

    public override int Identifier => 4201;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => _hyperion.Value.ToBinary(obj);

    public override object FromBinary(byte[] bytes, Type type) => _hyperion.Value.FromBinary(bytes, type);
}

/// <summary>What this library sends in a form of its own arrives so within Hyperion's messages, too: facades, proxies, connections.</summary>
internal static class HyperionForms
{
    public static IReadOnlyList<Surrogate> Surrogates { get; } =
    [
        Surrogate.Create<ISelfCoded, OwnForm>(static own => OwnForm.Of(own), static form => (ISelfCoded)form.Arrive()),
        Surrogate.Create<ISentAs, OwnForm>(static proxy => OwnForm.Of(proxy), static form => (ISentAs)form.Arrive()),
        .. SendableTypes.Refused.Select(static refused => new Refusal(refused)),
    ];

    /// <summary>The value as this library's serializer writes it.</summary>
    private sealed record OwnForm(byte[] Bytes)
    {
        public static OwnForm Of(object value) => new(Multiproc.Serialization.Serializer.Pack<object?>(value).Bytes.ToArray());

        public object Arrive() => Multiproc.Serialization.Serializer.Unpack<object?>(new Payload(Bytes))!;
    }

    /// <summary>Hyperion would send the fields of anything; what has a meaning in one process only is an error at the sender instead.</summary>
    private sealed class Refusal : Surrogate
    {
        public Refusal(Type refused)
        {
            From = refused;
            To = typeof(Refusal);
            ToSurrogate = value => throw new SerializationException($"A part of the message {SendableTypes.FaultOf(value.GetType())}.");
            FromSurrogate = static _ => throw new SerializationException("Malformed message: it has a part that cannot have been sent.");
        }
    }
}

/// <summary>
/// The types that Hyperion may make of what it reads: those that this library's serializer would send, of assemblies that are loaded or belong to the app.
/// </summary>
internal sealed class HyperionTypes : ITypeFilter
{
    public static HyperionTypes Instance { get; } = new();

    public bool IsAllowed(string typeName)
    {
        try
        {
            // Hyperion's mark stands for the version of the core library.
            var type = Type.GetType(typeName.Replace(",%core%", "", StringComparison.Ordinal), TypeResolver.FindAssembly, null, throwOnError: false);
            return type is not null && IsAllowed(type);
        }
        catch (Exception malformed) when (malformed is ArgumentException or IOException or TypeLoadException or BadImageFormatException)
        {
            return false;
        }
    }

    private static bool IsAllowed(Type type) => type.HasElementType
        ? IsAllowed(type.GetElementType()!)
        : Array.TrueForAll(type.GenericTypeArguments, IsAllowed) && CodecTable.Sends(type);
}
