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

    /// <summary>Whether the object lives on another machine: then its cell cannot be mapped, and everything goes by messages.</summary>
    public bool IsFar => !_isLocal && !_memory.Address.IsNone && (_isFar ??= !Peer.SharesMachine);

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

    /// <summary>The first bytes of the object's cell as they are at its node, for who cannot map it. Valid until this thread asks for the next copy.</summary>
    /// <exception cref="SerializationException">Its node has no such cell.</exception>
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
            throw new SerializationException($"Malformed answer: a cell of {bytes} bytes was asked for, {cell.Length} came.");
        }

        s_copy ??= GC.AllocateArray<byte>(LargestCell, pinned: true);
        cell[..bytes].CopyTo(s_copy);
        return (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref s_copy[0]);
    }

    /// <summary>References into the memory are given out: it stays mapped until <see cref="Dispose"/>, though the facade be forgotten.</summary>
    public void KeepMapped() => _memory.Keep();

    /// <summary>For facades that came over the wire: is the memory as large as its use?</summary>
    /// <exception cref="SerializationException">It is not.</exception>
    public void RequireMemory(long bytes)
    {
        if (_memory.Address.Size < bytes)
        {
            throw new SerializationException($"Malformed address: {bytes} bytes of memory are needed, {_memory.Address.Size} were announced.");
        }
    }

    /// <summary>Looks once more for a disposal: it may have come first.</summary>
    private MappedPlace Place()
    {
        ThrowIfDisposed();
        return !_isLocal
            ? _here.Memory.Map(Peer, _node!.Id, _memory.Address)
            : throw new ObjectDisposedException(ToString(), "Its node has disposed it.");
    }
}
