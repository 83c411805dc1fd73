using Multiproc.Nodes;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Peers;

/// <content>The object's memory: mapped, or as a copy where it cannot be.</content>
internal sealed partial class ObjectHandle
{
    private const int LargestCell = 1024;

    [ThreadStatic]
    private static byte[]? s_copy;

    /// <summary>Whether the object lives on another machine, or is relayed to: then its cell cannot be mapped, and every operation is a message.</summary>
    public bool IsFar => IsRelayed || (!_isLocal && !_memory.Address.IsNone && (_isFar ??= !Peer.SharesMachine));

    /// <summary>The object's mapped cell; mapped on first use.</summary>
    public unsafe byte* Memory
    {
        get
        {
            ThrowIfDisposed();
            nint pointer = _memory.Pointer;
            return (byte*)(pointer != 0 ? pointer : _memory.Map(Place));
        }
    }

    /// <summary>
    /// Copies the first bytes of the object's cell from its node, for a process that cannot map it. Valid until this thread asks for the next copy.
    /// </summary>
    /// <exception cref="SerializationException">The node has no such cell.</exception>
    public unsafe byte* CopyOfCell(int bytes)
    {
        var reply = Ask(CellSnapshot.Question, default);
        if (reply.Status == ReplyStatus.ObjectGone)
        {
            throw new ObjectDisposedException(ToString(), "Its node has disposed it.");
        }

        var cell = reply.Value.Bytes.Span;
        if (cell.Length < bytes || bytes > LargestCell)
        {
            throw new SerializationException($"Malformed reply: a cell of {bytes} bytes was requested, and {cell.Length} bytes came.");
        }

        s_copy ??= GC.AllocateArray<byte>(LargestCell, pinned: true);
        cell[..bytes].CopyTo(s_copy);
        return (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref s_copy[0]);
    }

    /// <summary>
    /// Keeps the memory mapped until <see cref="Dispose"/>, because references into it are handed out, even if the facade becomes unreachable.
    /// </summary>
    public void KeepMapped() => _memory.Keep();

    /// <summary>Checks that the memory of a facade that came over the wire is large enough for its use.</summary>
    /// <exception cref="SerializationException">The memory is too small.</exception>
    public void RequireMemory(long bytes)
    {
        if (_memory.Address.Size < bytes)
        {
            throw new SerializationException($"Malformed address: {bytes} bytes of memory are needed, but {_memory.Address.Size} were announced.");
        }
    }

    /// <summary>Checks once more for a disposal, which may have come first.</summary>
    private MappedPlace Place()
    {
        ThrowIfDisposed();
        return !_isLocal
            ? _here.Memory.Map(Peer, _node!.Id, _memory.Address)
            : throw new ObjectDisposedException(ToString(), "Its node has disposed it.");
    }
}
