using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc.Actors.Remote;

/// <summary>Takes the frames of Akka's own transport.</summary>
internal interface ILinkUnits
{
    /// <exception cref="SerializationException">The frame is malformed.</exception>
    void OnFrame(Peer peer, ActorFrame kind, ref WireReader reader);

    void OnClosed(Peer peer);
}
