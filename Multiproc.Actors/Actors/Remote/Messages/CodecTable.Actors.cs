using System.Runtime.CompilerServices;
using Multiproc.Actors.Remote;
using Multiproc.Serialization.Codecs;

namespace Multiproc.Serialization;

/// <content>References to actors, as parts of all values that are sent: arguments, items, results.</content>
internal static partial class CodecTable
{
    /// <summary>By name, so that a process without actors does not load Akka for the question.</summary>
    private static partial Codec? FindActorReference(Type type) => type.GetInterface("Akka.Actor.IActorRef") is not null ? MakeActorReference() : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ActorRefCodec MakeActorReference() => new();
}
