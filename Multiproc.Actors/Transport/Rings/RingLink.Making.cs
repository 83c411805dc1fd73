using Multiproc.Transport.Linux;

namespace Multiproc.Transport.Rings;

/// <content>Creating the ends of links: a parent's, its child's, and those of processes that connect to each other.</content>
internal sealed partial class RingLink
{
    /// <summary>
    /// Creates both ends of a link to a child that does not exist yet. The data that the child needs is in its socket before it starts,
    /// so that neither side waits for the other.
    /// </summary>
    /// <param name="childSocket">The child's end, to be inherited by the child and then closed here.</param>
    public static RingLink PrepareForChild(out int childSocket)
    {
        var reactor = Reactor.Current;

        // Created first: closing a link needs it, even a partly created one for which no descriptor was free.
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

    /// <summary>Creates the child's end of <see cref="PrepareForChild"/>; must be called before anything else uses the reactor.</summary>
    public static RingLink AdoptFromParent(int socket)
    {
        var (index, memory, parentBell, ownBell) = LinkHandshake.ReceiveFromParent(socket);
        Reactor.Adopt(ownBell);
        return new RingLink(
            new RingLinkParts(new LinkSocket(socket, null), memory, parentBell, index, "the parent process"), acceptor: false) { _isAdopted = true };
    }

    /// <summary>Creates the link on the accepting side of an authenticated socket.</summary>
    public static RingLink Accept(int socket, IDisposable owner, string peer)
    {
        var (peerIndex, peerBell) = LinkHandshake.ReceiveOffer(socket);
        LinkMemory? memory = null;
        RingLink? link = null;
        try
        {
            memory = LinkMemory.Create();
            link = new RingLink(new RingLinkParts(new LinkSocket(socket, owner), memory, peerBell, peerIndex, peer), acceptor: true);
            LinkHandshake.SendAcceptance(socket, link.Index, memory, Reactor.Current.Doorbell);
            return link;
        }
        catch
        {
            // The peer is gone already, or this process is out of something: release the ready bit, the memory and the doorbell.
            if (link is not null)
            {
                link.Dispose();
                throw;
            }

            memory?.Dispose();
            peerBell.Dispose();
            throw;
        }
    }

    /// <summary>Creates the link on the connecting side of an authenticated socket.</summary>
    public static RingLink Connect(int socket, IDisposable owner, string peer)
    {
        // Our ready bit must have a number before the peer can set it: a placeholder takes the place until the link is complete.
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
