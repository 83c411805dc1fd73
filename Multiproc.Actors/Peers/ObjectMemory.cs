using Multiproc.Nodes;
using Multiproc.SharedMemory;

namespace Multiproc.Peers;

/// <summary>An object's mapped memory as one handle sees it: its address at the node, and where it is mapped in this process.</summary>
internal sealed class ObjectMemory
{
    private readonly MemoryBlock? _block;
    private nint _pointer;
    private SegmentMapping? _mapping;
    private volatile bool _wasSent;
    private bool _hasLeft;

    /// <summary>Memory that is allocated here, for an object of this process.</summary>
    public unsafe ObjectMemory(MemoryBlock? made)
    {
        _block = made;
        if (made is { } block)
        {
            Address = new MemoryAddress(block.SegmentToken, block.Offset, block.Size);
            _pointer = (nint)block.Address;
        }
    }

    /// <summary>Memory that was allocated elsewhere, or came back from there. <paramref name="place"/> is where it is already mapped, if it is.</summary>
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
        // Another thread may hold the monitor while it waits for the node, with a limit of its own.
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

    /// <summary>Records that another process learns the address, and may still write there after the object has ended.</summary>
    public void MarkSent() => _wasSent = true;

    /// <summary>Records that references into the memory are handed out.</summary>
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

    /// <summary>Frees the memory if it was allocated here, because its object has ended.</summary>
    public void Free(NodeMemory node)
    {
        if (_block is { } block)
        {
            node.Free(block, _wasSent);
        }
    }

    /// <summary>Releases the memory, because the handle no longer uses it.</summary>
    public void End()
    {
        lock (this)
        {
            _pointer = 0;
            if (!_hasLeft)
            {
                // Still referred to: the addresses stay valid as long as a running call of the facade, which may hold them, can reach this object.
                _hasLeft = true;
                _mapping?.Leave();
            }
        }
    }
}
