using Multiproc.Nodes;
using Multiproc.Transport;
using Multiproc.Transport.Linux;

namespace Multiproc.Peers;

/// <summary>
/// A descriptor that was sent to this process. It is fetched at once, so that its sender need not keep it, and waited for at its first use, so that reading a
/// message never blocks.
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

    /// <summary>Called once: with the descriptor or a failure, or with neither when the sender no longer has it.</summary>
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

    /// <exception cref="ConnectionLostException">The sender has ended, or the descriptor was already handed to another process.</exception>
    /// <exception cref="MultiprocTimeoutException">
    /// The sender, which may be stopped, did not send it within the time limit of this thread or of a connection. It can be waited for again.
    /// </exception>
    public SafeDescriptor Wait()
    {
        var limit = WaitLimit.OfThread is { IsNone: false } own ? own : WaitLimit.Of(Node.Current.Connections.ConnectTimeout, CancellationToken.None, node.Pid);
        while (!_came.Wait(limit.UntilNextCheck is { } left ? left : Timeout.InfiniteTimeSpan, limit.Token))
        {
            if (limit.IsOver)
            {
                throw limit.Exceeded("Receiving a connection", node.ToString());
            }
        }

        return _descriptor ?? throw new ConnectionLostException(
            _failure is null
                ? $"The connection that {node} sent was already received: a connection can be taken out of a message only once."
                : $"The connection that {node} sent did not arrive: {_failure.Message}",
            _failure);
    }

    /// <summary>Abandons the descriptor: closes it as soon as it comes, and ends all waits for it.</summary>
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
