namespace Multiproc.Peers;

/// <content>The end of the object's node.</content>
internal sealed partial class ObjectHandle
{
    /// <summary>Watches the connection to the object's node.</summary>
    /// <param name="gone">Called when it ends, at once if it has; must not block. Never for an object of this process.</param>
    /// <returns>Ends the watch.</returns>
    /// <exception cref="ConnectionLostException">There is no connection any more.</exception>
    public Action WatchNode(Action gone)
    {
        if (_isLocal)
        {
            return static () => { };
        }

        var peer = Peer;
        peer.Closed += Closed;
        if (peer.IsLost)
        {
            gone();
        }

        return () => peer.Closed -= Closed;

        void Closed(Peer lost, Exception? reason) => gone();
    }
}
