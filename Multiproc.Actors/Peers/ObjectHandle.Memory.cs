using Multiproc.Nodes;

namespace Multiproc.Peers;

/// <content>The object's mapped memory.</content>
internal sealed partial class ObjectHandle
{
    /// <summary>
    /// Whether the object lives on another machine, is relayed to, or is used on behalf of a guest: then its cell cannot be mapped, and every operation is a
    /// message.
    /// </summary>
    public bool IsFar => IsRelayed || _guest != 0 || (!_isLocal && !_memory.Address.IsNone && (_isFar ??= !Peer.SharesMachine));

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
