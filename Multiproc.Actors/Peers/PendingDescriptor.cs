using Multiproc.Nodes;
using Multiproc.States;
using Multiproc.Transport;
using Multiproc.Transport.Linux;

namespace Multiproc.Peers;

/// <summary>
/// A descriptor that was sent to this process: asked for at once, so that its sender need not keep it, and waited for at its first use,
/// so that reading a message never blocks.
/// </summary>
internal sealed class PendingDescriptor(NodeAddress node, long token)
{
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _came = new();
    private SafeDescriptor? _descriptor;
    private Exception? _failure;
    private bool _abandoned;

    public long Token => token;

    public void Begin()
    {
        var here = Node.Current;
        if (here.IsSelf(node))
        {
            Complete(here.Descriptors.Take(token), null);
        }
        else if (here.Peers.Known(node) is { } peer)
        {
            Request(peer);
        }
        else if (Reactor.InHandler)
        {
            // A handler must not wait for a connection.
            ThreadPool.UnsafeQueueUserWorkItem(_ => ReachAndRequest(), null);
        }
        else
        {
            ReachAndRequest();
        }
    }

    /// <summary>Called once: with the descriptor, or with neither when its sender has it no more.</summary>
    public void Complete(SafeDescriptor? descriptor, Exception? failure)
    {
        lock (_gate)
        {
            _descriptor = descriptor;
            _failure = failure;
            if (_abandoned)
            {
                descriptor?.Dispose();
            }
        }

        _came.Set();
    }

    /// <exception cref="ConnectionLostException">Its sender has ended, or has given it to somebody else.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// Its sender did not give it within the bound of this thread, or within the time for a connection: it is stopped. It can be waited for again.
    /// </exception>
    public SafeDescriptor Wait()
    {
        var limit = WaitLimit.OfThread is { IsNone: false } own ? own : WaitLimit.Of(Node.Current.Connections.ConnectTimeout, CancellationToken.None, node.Pid);
        while (!_came.Wait(limit.UntilNextLook is { } left ? left : Timeout.InfiniteTimeSpan, limit.Token))
        {
            if (limit.IsOver)
            {
                throw limit.Exceeded("Receiving a connection", node.ToString());
            }
        }

        return _descriptor ?? throw new ConnectionLostException(
            _failure is null
                ? $"The connection that {node} sent was received before: a sent connection can be taken out of a message once."
                : $"The connection that {node} sent did not arrive: {_failure.Message}",
            _failure);
    }

    /// <summary>It will not be used: let go of it as soon as it comes, and nobody waits for it any more.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _abandoned = true;
            _descriptor?.Dispose();
        }

        _came.Set();
    }

    private void ReachAndRequest()
    {
        try
        {
            Request(Node.Current.Reach(node));
        }
        catch (Exception failure) when (failure is MultiprocException or TimeoutException)
        {
            Complete(null, failure);
        }
    }

    private void Request(Peer peer)
    {
        try
        {
            peer.FetchDescriptor(this);
        }
        catch (ConnectionLostException lost)
        {
            Complete(null, lost);
        }
    }
}
