using Multiproc.Transport.Linux;

namespace Multiproc.Transport.Rings;

/// <content>Which end of a link is made how: a parent's, its child's, and those of processes that find each other.</content>
internal sealed partial class RingLink
{
    /// <summary>
    /// Makes both ends of a link to a child that does not exist yet. What the child needs waits in its socket before it is started,
    /// so that neither side ever waits for the other.
    /// </summary>
    /// <param name="childSocket">The child's end: to be inherited by it, then closed here.</param>
    public static RingLink PrepareForChild(out int childSocket)
    {
        var reactor = Reactor.Current;

        // First of all: closing a link needs it, also one that was only half made because no descriptor was left.
        _ = LifeMonitor.Current;
        var (ours, theirs) = LinkSocket.Pair();
        LinkMemory? memory = null;
        Doorbell? childBell = null;
        RingLink? link = null;
        try
        {
            memory = LinkMemory.Create();
            childBell = Doorbell.Create();
            link = new RingLink(new RingLinkParts(new LinkSocket(ours, null), memory, childBell, PeerIndex: 0, "a child that is starting"), acceptor: true);
            LinkHandshake.SendToChild(ours, link.Index, memory, reactor.Doorbell, childBell);
            childSocket = theirs;
            return link;
        }
        catch
        {
            SocketCalls.close(theirs);
            if (link is not null)
            {
                link.Dispose();
                throw;
            }

            SocketCalls.close(ours);
            memory?.Dispose();
            childBell?.Dispose();
            throw;
        }
    }

    /// <summary>The child's side of <see cref="PrepareForChild"/>; must come before anything else uses the reactor.</summary>
    public static RingLink AdoptFromParent(int socket)
    {
        var (index, memory, parentBell, ownBell) = LinkHandshake.ReceiveFromParent(socket);
        Reactor.Adopt(ownBell);
        return new RingLink(new RingLinkParts(new LinkSocket(socket, null), memory, parentBell, index, "the parent process"), acceptor: false) { _isAdopted = true };
    }

    /// <summary>The accepting side of an authenticated socket.</summary>
    public static RingLink Accept(int socket, IDisposable owner, string peer)
    {
        var (peerIndex, peerBell) = LinkHandshake.ReceiveOffer(socket);
        var memory = LinkMemory.Create();
        var link = new RingLink(new RingLinkParts(new LinkSocket(socket, owner), memory, peerBell, peerIndex, peer), acceptor: true);
        try
        {
            LinkHandshake.SendAcceptance(socket, link.Index, memory, Reactor.Current.Doorbell);
            return link;
        }
        catch
        {
            // The unauthenticated peer is gone already: its ready bit, memory and doorbell go with it.
            link.Dispose();
            throw;
        }
    }

    /// <summary>The connecting side of an authenticated socket.</summary>
    public static RingLink Connect(int socket, IDisposable owner, string peer)
    {
        // Our ready bit must have a number before the peer can ring it: the place is taken by a stand-in until the link is whole.
        var place = new ReservedPlace();
        int index = Reactor.Current.Register(place);
        try
        {
            LinkHandshake.SendOffer(socket, index, Reactor.Current.Doorbell);
            var (peerIndex, memory, peerBell) = LinkHandshake.ReceiveAcceptance(socket);
            var link = new RingLink(new RingLinkParts(new LinkSocket(socket, owner), memory, peerBell, peerIndex, peer, index), acceptor: false);
            place.Link = link;
            return link;
        }
        catch
        {
            Reactor.Current.Unregister(index);
            throw;
        }
    }

    private sealed class ReservedPlace : IReadySource
    {
        public RingLink? Link { get; set; }

        public void DeliverReady() => Link?.DeliverReady();
    }
}
