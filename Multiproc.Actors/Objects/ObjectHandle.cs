using Multiproc.Objects.Peers;
using Multiproc.Objects.References;
using Multiproc.Serialization;
using Multiproc.SharedMemory;
using Multiproc.Transport;

namespace Multiproc.Objects;

/// <summary>
/// A facade's way to its object: in this process the actor itself, elsewhere the peer that is its home, found on first use.
/// What is sent is this handle; the receiver finds its own way.
/// </summary>
internal sealed class ObjectHandle
{
    private readonly Home _here = Objects.Home.Current;
    private readonly bool _isLocal;
    private readonly HomeAddress? _home;
    private readonly MemoryAddress _cell;
    private Peer? _peer;
    private nint _memory;
    private readonly MemoryBlock? _block;
    private readonly bool _isCounted;
    private readonly Lease? _lease;
    private volatile bool _disposed;
    private volatile bool _wasSent;

    /// <summary>An object of this process.</summary>
    public ObjectHandle(long id, MemoryBlock? cell, bool isCounted = false)
    {
        Id = id;
        _isCounted = isCounted;
        _isLocal = true;
        _block = cell;
        if (cell is { } block)
        {
            _cell = new MemoryAddress(block.SegmentToken, block.Offset, block.Size);
            unsafe
            {
                _memory = (nint)block.Address;
            }
        }
    }

    /// <summary>An object of any process.</summary>
    public ObjectHandle(HomeAddress home, long id, MemoryAddress cell, bool isCounted = false, bool isNew = false)
    {
        Id = id;
        _isCounted = isCounted;
        _lease = isCounted ? _here.Held.Take(home, id, isNew) : null;
        _home = home;
        _cell = cell;
        _isLocal = _here.IsSelf(home);
        if (_isLocal && !cell.IsNone)
        {
            unsafe
            {
                _memory = (nint)_here.Memory.Own(cell);
            }
        }
    }

    public long Id { get; }

    public bool IsLocal => _isLocal;

    /// <summary>The number under which the object's home knows this process.</summary>
    public int OurNumber => _isLocal ? Caller.HomeProcess : Peer.OurNumber;

    public int IdentityHash => HashCode.Combine(HomeId, Id, _cell);

    private Guid HomeId => _isLocal ? _here.Id : _home!.Id;

    private Peer Peer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _peer ??= _here.Reach(_home!);
        }
    }

    /// <summary>The object's mapped cell; mapped on first use.</summary>
    public unsafe byte* Memory
    {
        get
        {
            ThrowIfDisposed();
            if (_memory == 0)
            {
                _memory = (nint)_here.Memory.Map(Peer, _home!.Id, _cell);
            }

            return (byte*)_memory;
        }
    }

    /// <summary>For facades that came over the wire: is the memory as large as its use?</summary>
    /// <exception cref="SerializationException">It is not.</exception>
    public void RequireMemory(long bytes)
    {
        if (_cell.Size < bytes)
        {
            throw new SerializationException($"Malformed address: {bytes} bytes of memory are needed, {_cell.Size} were announced.");
        }
    }

    public Answer Ask(ICommand command, CancellationToken cancellation)
    {
        ThrowIfDisposed();
        cancellation.ThrowIfCancellationRequested();
        if (!_isLocal)
        {
            return Peer.Ask(Id, command, cancellation);
        }

        var call = CallTable.Current.BeginBlocking(null);
        _here.DeliverLocal(new Caller(Caller.HomeProcess, call.Id), Id, command);
        return call.Wait(cancellation.CanBeCanceled ? CancelLocal : null, cancellation);
    }

    public ValueTask<Answer> AskAsync(ICommand command, CancellationToken cancellation)
    {
        ThrowIfDisposed();
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<Answer>(cancellation);
        }

        if (!_isLocal)
        {
            return Peer.AskAsync(Id, command, cancellation);
        }

        var call = CallTable.Current.RentAsync();
        var answer = call.Begin(null);
        call.CancelWith(CancelLocal, cancellation);
        _here.DeliverLocal(new Caller(Caller.HomeProcess, call.Id), Id, command);
        return answer;
    }

    /// <summary>Sends a command that nobody waits for.</summary>
    public void Tell(ICommand command, Wake wake = Wake.Always)
    {
        ThrowIfDisposed();
        if (_isLocal)
        {
            _here.DeliverLocal(default, Id, command);
        }
        else
        {
            Peer.Tell(Id, command, wake);
        }
    }

    public void WriteTo(WireWriter writer)
    {
        ThrowIfDisposed();
        _wasSent = true;
        writer.Bool(_isCounted);
        if (_isCounted)
        {
            writer.Raw(ReferenceMark.Bytes);
            writer.HoldsReferences = true;
        }

        (_home ?? _here.Address).WriteTo(writer);
        writer.VarUInt((ulong)Id);
        writer.VarUInt((ulong)_cell.Segment);
        writer.VarUInt((ulong)_cell.Offset);
        writer.VarUInt((ulong)_cell.Size);
    }

    /// <summary>Plain memory has no object number, but a place of its own.</summary>
    public bool IsSameObject(ObjectHandle other) => Id == other.Id && HomeId == other.HomeId && _cell == other._cell;

    /// <remarks>When it was just made for us, <paramref name="isNew"/>, its keeper counts us already.</remarks>
    public static ObjectHandle ReadFrom(ref WireReader reader, bool isNew = false)
    {
        bool isCounted = reader.Bool();
        if (isCounted && !reader.Raw(ReferenceMark.Bytes.Length).SequenceEqual(ReferenceMark.Bytes))
        {
            throw new SerializationException("Malformed address: a counted object without its mark.");
        }

        var home = HomeAddress.ReadFrom(ref reader);
        ulong id = reader.VarUInt();
        if (id > long.MaxValue)
        {
            throw new SerializationException($"Malformed address: {id} is no object.");
        }

        return new ObjectHandle(home, (long)id, new MemoryAddress((long)reader.VarUInt(), (long)reader.VarUInt(), (long)reader.VarUInt()), isCounted, isNew);
    }

    /// <summary>In the object's own process this ends the object; elsewhere only this way to it.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _lease?.Dispose();
        if (_isLocal && _home is null)
        {
            _here.Remove(Id);

            // Whoever was sent the cell may still have it mapped, and would write into what comes there next: then it is not used again.
            if (_block is { } block && !_wasSent)
            {
                _memory = 0;
                _here.Memory.Free(block);
            }
        }
    }

    public void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(_disposed, this);

    public override string ToString() => $"object {Id} of {(object?)_home ?? "this process"}";

    private void CancelLocal(long call) => _here.CancelCall(new Caller(Caller.HomeProcess, call), Id);
}
