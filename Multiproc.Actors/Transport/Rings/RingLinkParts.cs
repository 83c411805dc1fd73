using Multiproc.Peers;

namespace Multiproc.Transport.Rings;

/// <summary>What a link is made of.</summary>
internal sealed record RingLinkParts(LinkSocket Socket, LinkMemory Memory, Doorbell PeerBell, int PeerIndex, string Peer, int? Index = null);
