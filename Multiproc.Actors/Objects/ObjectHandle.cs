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
    /// <summary>How often a question that may be asked twice is asked again: a network that breaks under each has other troubles.</summary>
    private const int MaxRepeats = 8;

    private const int LargestCell = 1024;

    [ThreadStatic]
    private static byte[]? s_copy;

    private readonly Home _here = Objects.Home.Current;
    private readonly bool _isLocal;
    private readonly HomeAddress? _home;
    private readonly MemoryAddress _cell;
    private Peer? _peer;
    private readonly MemoryBlock? _block;
    private readonly Lock _mapGate = new();
    private nint _memory;
    private LargeMapping? _mapping;
    private readonly bool _isCounted;
    private readonly Lease? _lease;
    private bool? _isFar;
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
        _home = _here.AsReached(home);
        _lease = isCounted ? _here.Held.Take(_home, id, isNew) : null;
        _cell = cell;
        _isLocal = _here.IsSelf(home);
        if (_isLocal && !cell.IsNone)
        {
            (_memory, _mapping) = _here.Memory.Own(cell);
        }
    }

    public long Id { get; }

    /// <summary>What users know it as; for messages.</summary>
    public Type? Facade { get; set; }

    public bool IsDisposed => _disposed;

    public bool IsLocal => _isLocal;

    /// <summary>Whether disposing this ends the object, and has not done so.</summary>
    public bool OwnsObject => _isLocal && _home is null && !_disposed;

    /// <summary>The number under which the object's home knows this process.</summary>
    public int OurNumber => _isLocal ? Caller.HomeProcess : Peer.OurNumber;

    public int IdentityHash => HashCode.Combine(HomeId, Id, _cell);

    private Guid HomeId => _isLocal ? _here.Id : _home!.Id;

    private Peer Peer
    {
        get
        {
            ThrowIfDisposed();
            var peer = _peer;
            return peer is not null && !(peer.IsLost && peer.MayComeBack) ? peer : _peer = _here.Reach(_home!);
        }
    }

    /// <summary>Whether the object lives on another machine: then its cell cannot be mapped, and everything goes by messages.</summary>
    public bool IsFar => !_isLocal && !_cell.IsNone && (_isFar ??= !Peer.SharesMachine);

    /// <summary>Whether the object's home is on this machine.</summary>
    public bool IsOnThisMachine => _isLocal || Peer.SharesMachine;

    /// <summary>The same, without a connection being made to find out.</summary>
    public bool IsKnownNear => _isLocal || _peer is { SharesMachine: true };

    /// <summary>Another object of the same home, which is there as long as that.</summary>
    public ObjectHandle Beside(long id) => _isLocal ? new ObjectHandle(id, null) : new ObjectHandle(_home!, id, MemoryAddress.None);

    /// <summary>Whether the object is in another process of this machine, to which there is a connection now.</summary>
    public bool IsNear => _peer is { SharesMachine: true, IsLost: false };

    /// <summary>The object's mapped cell; mapped on first use.</summary>
    public unsafe byte* Memory
    {
        get
        {
            ThrowIfDisposed();
            nint memory = _memory;
            return (byte*)(memory != 0 ? memory : Map());
        }
    }

    /// <summary>The system's number of a process that the object's home knows by a number of its own; 0 when it has ended.</summary>
    public int PidOf(int process) => _isLocal ? _here.PidOf(process)
        : process == OurNumber ? Environment.ProcessId
        : process == Caller.HomeProcess ? _home!.Pid
        : _here.ProcessNumbers.Ask(Peer, process);

    /// <summary>The first bytes of the object's cell as they are at its home, for who cannot map it. Valid until this thread asks for the next copy.</summary>
    /// <exception cref="SerializationException">Its home has no such cell.</exception>
    public unsafe byte* CopyOfCell(int bytes)
    {
        var answer = Ask(CellLook.Question, default);
        if (answer.Status == AnswerStatus.ObjectGone)
        {
            throw new ObjectDisposedException(ToString(), "Its home has disposed it.");
        }

        var cell = answer.Value.Bytes.Span;
        if (cell.Length < bytes || bytes > LargestCell)
        {
            throw new SerializationException($"Malformed answer: a cell of {bytes} bytes was asked for, {cell.Length} came.");
        }

        s_copy ??= GC.AllocateArray<byte>(LargestCell, pinned: true);
        cell[..bytes].CopyTo(s_copy);
        return (byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref s_copy[0]);
    }

    /// <summary>Raised once by <see cref="Dispose"/>, for facades that remember where the memory is.</summary>
    public event Action? Ended;

    /// <summary>References into the memory are given out: it stays mapped until <see cref="Dispose"/>, though the facade be forgotten.</summary>
    public void KeepMapped() => _mapping?.Keep();

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
        for (int tries = 0; ; tries++)
        {
            try
            {
                return Finish(Start(command), cancellation);
            }
            catch (OutcomeUnknownException) when (command.IsIdempotent && tries < MaxRepeats && !cancellation.IsCancellationRequested)
            {
                // It does no harm to ask again.
            }
        }
    }

    /// <summary>The first half of <see cref="Ask"/>: the question is on its way when this returns.</summary>
    public BlockingCall Start(ICommand command, Wake wake = Wake.Always)
    {
        ThrowIfDisposed();
        if (!_isLocal)
        {
            return Peer is { SharesMachine: true } near ? near.StartAsk(Id, command, wake) : OverAnyConnection((Handle: this, Command: command, Wake: wake), static (peer, ask) => peer.StartAsk(ask.Handle.Id, ask.Command, ask.Wake));
        }

        var call = CallTable.Current.BeginBlocking(null);
        _here.DeliverLocal(new Caller(Caller.HomeProcess, call.Id), Id, command);
        return call;
    }

    /// <summary>The second half, on the same thread: waits for the answer.</summary>
    public Answer Finish(BlockingCall call, CancellationToken cancellation) => _isLocal
        ? call.Wait(cancellation.CanBeCanceled ? CancelLocal : null, cancellation)
        : _peer!.FinishAsk(call, Id, cancellation);

    public ValueTask<Answer> AskAsync(ICommand command, CancellationToken cancellation)
    {
        ThrowIfDisposed();
        return cancellation.IsCancellationRequested ? ValueTask.FromCanceled<Answer>(cancellation) : StartAsync(command, Wake.Always, cancellation);
    }

    /// <summary>The same without a look at the token first: the question is on its way when this returns.</summary>
    public ValueTask<Answer> StartAsync(ICommand command, Wake wake, CancellationToken cancellation)
    {
        ThrowIfDisposed();
        if (!_isLocal)
        {
            var peer = _peer is { IsLost: true, MayComeBack: true } ? null : Peer;
            return peer is { SharesMachine: true } ? peer.AskAsync(Id, command, wake, cancellation) : AskFarAsync(peer, command, wake, cancellation);
        }

        var call = CallTable.Current.RentAsync();
        var answer = call.Begin(null);
        long begun = call.Id;
        _here.DeliverLocal(new Caller(Caller.HomeProcess, begun), Id, command);

        // After the question: a cancellation that overtakes it finds nothing to cancel.
        call.CancelWith(CancelLocal, begun, cancellation);
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
        else if (Peer is { SharesMachine: true } near)
        {
            near.Tell(Id, command, wake);
        }
        else
        {
            OverAnyConnection((Handle: this, Command: command, Wake: wake), static (peer, tell) =>
            {
                peer.Tell(tell.Handle.Id, tell.Command, tell.Wake);
                return true;
            });
        }
    }

    /// <summary>Begins a message of <see cref="Tell"/> in a writer of one's own, for an object in another process of this machine: the command is written next.</summary>
    /// <returns>False for any other object.</returns>
    public bool TryBeginTell(WireWriter writer, out Peer? peer)
    {
        ThrowIfDisposed();
        peer = _isLocal ? null : Peer;
        if (peer is not { SharesMachine: true })
        {
            return false;
        }

        Peer.BeginTell(writer, Id);
        return true;
    }

    /// <summary>
    /// Gives something back if anybody is left to take it: what this process holds must come back also when this way to the object was let go, and when
    /// the object is gone there is nothing to give back to.
    /// </summary>
    public void TryTell(ICommand command)
    {
        if (_isLocal)
        {
            _here.DeliverLocal(default, Id, command);
        }
        else if ((_peer is { IsLost: false } connected ? connected : _here.Known(_home!)) is { } peer)
        {
            peer.TryTell(Id, command);
        }
    }

    /// <summary>For what was sent here without a wake: the home reads it now, on this thread or on the one that leads.</summary>
    public void ReadWhatCame()
    {
        if (_isLocal)
        {
            Reactor.Current.Poll();
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

        bool owned = OwnsObject;
        _disposed = true;

        // Before the memory goes: a facade that looked it up meanwhile sees the mark, or is told here.
        Interlocked.MemoryBarrier();
        Ended?.Invoke();
        _lease?.Dispose();
        if (owned)
        {
            _here.Remove(Id);
            if (_block is { } block)
            {
                _here.Memory.Free(block, _wasSent);
            }
        }

        lock (_mapGate)
        {
            _memory = 0;
            _mapping?.Leave();
            _mapping = null;
        }
    }

    public void ThrowIfDisposed()
    {
        if (_disposed)
        {
            throw Disposed();
        }
    }

    // Apart, so that what asks at each use is small enough to be inlined.
    private ObjectDisposedException Disposed() => new(
        $"{(Facade is { } facade ? facade.Name.Split('`')[0] : "Object")} ({ToString()})", "It was disposed in this process: dispose of a shared object after its last use, in its home last of all.");

    public override string ToString() => $"object {Id} of {(object?)_home ?? "this process"}";

    /// <summary>What was not sent because the connection to another machine broke is sent over the next one: nobody has acted on it.</summary>
    private TResult OverAnyConnection<TArgument, TResult>(TArgument argument, Func<Peer, TArgument, TResult> send)
    {
        while (true)
        {
            var peer = Peer;
            try
            {
                return send(peer, argument);
            }
            catch (ConnectionLostException unsent) when (unsent is not OutcomeUnknownException && peer.MayComeBack)
            {
                AwaitLoss(peer);
            }
        }
    }

    /// <summary>Connecting again takes a while: not on the caller's thread.</summary>
    private async ValueTask<Answer> AskFarAsync(Peer? peer, ICommand command, Wake wake, CancellationToken cancellation)
    {
        for (int tries = 0; ; tries++)
        {
            peer ??= await Task.Run(() => Peer, cancellation).ConfigureAwait(false);
            try
            {
                return await peer.AskAsync(Id, command, wake, cancellation).ConfigureAwait(false);
            }
            catch (OutcomeUnknownException) when (command.IsIdempotent && tries < MaxRepeats && !cancellation.IsCancellationRequested)
            {
                // It does no harm to ask again.
            }
            catch (ConnectionLostException unsent) when (unsent is not OutcomeUnknownException && peer.MayComeBack)
            {
                AwaitLoss(peer);
            }

            peer = null;
        }
    }

    /// <summary>The link knows of the break a moment before its peer does.</summary>
    private static void AwaitLoss(Peer peer) => SpinWait.SpinUntil(() => peer.IsLost);

    private nint Map()
    {
        lock (_mapGate)
        {
            ThrowIfDisposed();
            if (_memory == 0)
            {
                if (_isLocal)
                {
                    throw new ObjectDisposedException(ToString(), "Its home has disposed it.");
                }

                (_memory, _mapping) = _here.Memory.Map(Peer, _home!.Id, _cell);
            }

            return _memory;
        }
    }

    private void CancelLocal(long call) => _here.CancelCall(new Caller(Caller.HomeProcess, call), Id);
}
