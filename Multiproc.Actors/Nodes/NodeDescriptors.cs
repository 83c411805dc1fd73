using Multiproc.Transport.Linux;

namespace Multiproc.Nodes;

/// <summary>
/// Descriptors that this process has sent and that their receivers have not fetched yet. A duplicate is kept here, so that the sender may close its own; it is
/// handed out once.
/// </summary>
internal sealed class NodeDescriptors
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, SafeDescriptor> _offered = [];
    private long _last;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _offered.Count;
            }
        }
    }

    /// <summary>Keeps a duplicate for the process that asks for it by the offer's token.</summary>
    public DescriptorOffer Offer(int descriptor)
    {
        var copy = SafeDescriptor.Duplicate(descriptor);
        lock (_gate)
        {
            _offered.Add(++_last, copy);
            return new DescriptorOffer(this, _last);
        }
    }

    /// <summary>Hands out the duplicate; null when it is already gone.</summary>
    public SafeDescriptor? Take(long token)
    {
        lock (_gate)
        {
            return _offered.Remove(token, out var descriptor) ? descriptor : null;
        }
    }
}

/// <summary>Takes the offer back when disposed, if nobody has accepted it: the receiver is known to be gone, or was never told.</summary>
internal sealed class DescriptorOffer(NodeDescriptors descriptors, long token) : IDisposable
{
    public long Token => token;

    public void Dispose() => descriptors.Take(token)?.Dispose();
}
