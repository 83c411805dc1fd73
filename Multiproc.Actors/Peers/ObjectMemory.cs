using Multiproc.Nodes;
using Multiproc.SharedMemory;

namespace Multiproc.Peers;

/// <summary>An object's mapped memory as one handle sees it: where it is at its node, and where it is mapped in this process.</summary>
internal sealed class ObjectMemory
{
    private readonly MemoryBlock? _block;
    private nint _pointer;
    private SegmentMapping? _mapping;
    private volatile bool _wasSent;
    private bool _hasLeft;

    /// <summary>Memory that is made here, for an object of this process.</summary>
    public unsafe ObjectMemory(MemoryBlock? made)
    {
        _block = made;
        if (made is { } block)
        {
            Address = new MemoryAddress(block.SegmentToken, block.Offset, block.Size);
            _pointer = (nint)block.Address;
        }
    }

    /// <summary>Memory that was made elsewhere, or came back from there: <paramref name="place"/> is where it is mapped already, if it is.</summary>
    public ObjectMemory(MemoryAddress address, MappedPlace place)
    {
        Address = address;
        (_pointer, _mapping) = place;
    }

    public MemoryAddress Address { get; }

    /// <summary>Zero until it is mapped, and when the handle is disposed.</summary>
    public nint Pointer => _pointer;

    /// <summary>Maps it, unless another thread has done so: never twice, and not while it <see cref="End"/>s.</summary>
    public nint Map(Func<MappedPlace> map)
    {
        // Another thread may hold it while it waits for the node, with a bound of its own.
        Transport.WaitLimit.OfThread.EnterMonitor(this, "Mapping its memory", "its node");
        try
        {
            if (_pointer == 0)
            {
                (_pointer, _mapping) = map();
            }

            return _pointer;
        }
        finally
        {
            Monitor.Exit(this);
        }
    }

    /// <summary>Another process learns where it is, and may still write to it when the object has ended.</summary>
    public void MarkSent() => _wasSent = true;

    /// <summary>References into it are given out.</summary>
    public void Keep()
    {
        lock (this)
        {
            if (!_hasLeft)
            {
                _mapping?.Keep();
            }
        }
    }

    /// <summary>Gives the memory back when it was made here: its object has ended.</summary>
    public void Free(NodeMemory node)
    {
        if (_block is { } block)
        {
            node.Free(block, _wasSent);
        }
    }

    /// <summary>The handle uses it no more.</summary>
    public void End()
    {
        lock (this)
        {
            _pointer = 0;
            if (!_hasLeft)
            {
                // Still referred to: the addresses stay as long as a call of the facade, which may hold them, can reach this.
                _hasLeft = true;
                _mapping?.Leave();
            }
        }
    }
}
