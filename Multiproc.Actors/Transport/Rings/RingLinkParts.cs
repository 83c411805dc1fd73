namespace Multiproc.Transport.Rings;

/// <summary>The parts of a link.</summary>
internal sealed record RingLinkParts(LinkSocket Socket, LinkMemory Memory, Doorbell PeerBell, int PeerIndex, string Peer, int? Index = null);
