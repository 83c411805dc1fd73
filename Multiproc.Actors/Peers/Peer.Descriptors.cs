using Multiproc.Transport.Linux;

namespace Multiproc.Peers;

/// <content>Memory segments and descriptors that the two processes hand to each other.</content>
internal sealed partial class Peer
{
    private readonly Lock _fetchGate = new();
    private Dictionary<long, PendingDescriptor>? _fetching;

    /// <summary>Fetches a mapping of one of the peer's segments.</summary>
    public SharedMemory.MappedMemory FetchMemory(long token)
    {
        if (!SharesMachine)
        {
            return _link.ReceiveMemory(token, _node.Connections.ConnectTimeout);
        }

        if (!_link.TakeUnclaimedMemory(token))
        {
            var writer = Begin(FrameKind.Memory);
            writer.VarUInt((ulong)token);
            Send(writer);
        }

        return _link.ReceiveMemory(token, _node.Connections.ConnectTimeout);
    }

    /// <summary>Asks for a descriptor that the peer has offered; completes when it comes, or when the peer is lost.</summary>
    /// <exception cref="ConnectionLostException">The process is gone.</exception>
    public void FetchDescriptor(PendingDescriptor pending)
    {
        lock (_fetchGate)
        {
            ThrowIfLost();
            (_fetching ??= [])[pending.Token] = pending;
        }

        var writer = Begin(FrameKind.Descriptor);
        writer.VarUInt((ulong)pending.Token);
        Send(writer);
    }

    public void OnDescriptor(long token, SafeDescriptor? descriptor)
    {
        PendingDescriptor? pending = null;
        lock (_fetchGate)
        {
            _fetching?.Remove(token, out pending);
        }

        if (pending is null)
        {
            descriptor?.Dispose();
        }
        else
        {
            pending.Complete(descriptor, null);
        }
    }

    private void GiveDescriptor(long token)
    {
        if (!SharesMachine)
        {
            _link.SendDescriptor(token, null);
            return;
        }

        using var descriptor = _node.Descriptors.Take(token);
        try
        {
            _link.SendDescriptor(token, descriptor);
        }
        catch (ConnectionLostException)
        {
            // The process died after it asked, as above.
        }
    }

    private void FailFetching()
    {
        PendingDescriptor[] lost;
        lock (_fetchGate)
        {
            lost = _fetching is null ? [] : [.. _fetching.Values];
            _fetching = null;
        }

        foreach (var pending in lost)
        {
            pending.Complete(null, Lost());
        }
    }

    private void GiveMemory(long token)
    {
        try
        {
            _node.Memory.Give(token, segment => _link.SendMemory(token, segment));
        }
        catch (ConnectionLostException)
        {
            // The process died after it asked: nobody is left to map the segment, and the link reports the end by itself.
        }
        catch (NotSupportedException impossible)
        {
            throw new SerializationException($"Malformed frame: {this} asks for memory over a link that carries none.", impossible);
        }
    }
}
