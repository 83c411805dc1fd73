using System.Runtime.InteropServices;
using Multiproc.Cluster.Sessions;
using Multiproc.Objects.Locks;
using Multiproc.Objects.ReadWriteLocks;
using Multiproc.Serialization;
using Multiproc.SharedMemory;
using Multiproc.States;

namespace Multiproc.Cluster.Entities;

/// <summary>
/// The state that an entity owns: the same as that of a local object. Its cell, if it has one, is memory of the entity alone: every change is a command.
/// </summary>
internal sealed unsafe class EntityObject : IDisposable
{
    private const nuint CellAlignment = 64;

    /// <summary>So many holds may a lock have until its fences are those of the next lock of its name.</summary>
    private const int HoldBits = 40;

    private readonly ObjectType _type;
    private readonly MemoryBlock? _cell;
    private readonly IObjectState _state;
    private readonly Effects _effects = new();

    /// <param name="spec">What it is created as.</param>
    /// <param name="incarnation">Which object of the name it is.</param>
    /// <param name="isAfterLoss">Whether the object before it was lost with its node, and perhaps with who held it.</param>
    public EntityObject(ObjectSpec spec, long incarnation = 1, bool isAfterLoss = false)
    {
        _type = ObjectType.Find(spec.Type)
            ?? throw new SerializationException($"'{spec.Name}' is of type {spec.Type}, which this version does not know: update this node.");
        if (_type.CellBytes > 0)
        {
            void* memory = NativeMemory.AlignedAlloc((nuint)_type.CellBytes, CellAlignment);
            NativeMemory.Clear(memory, (nuint)_type.CellBytes);

            // In no segment: nobody maps it.
            _cell = new MemoryBlock(0, 0, _type.CellBytes, (nint)memory, Segment: null!);
        }

        _state = _type.CreateState(spec.Options, _cell);
        if (_type == LockType.Instance)
        {
            // Above all fences of the locks that had this name before: who lost one of them is refused still.
            new LockCell(_cell!.Value.Address).StartAt((incarnation - 1) << HoldBits, isAfterLoss);
        }
        else if (_type == ReadWriteLockType.Instance)
        {
            new ReadWriteCell(_cell!.Value.Address).StartAt((incarnation - 1) << HoldBits, isAfterLoss);
        }
    }

    /// <summary>Whether somebody has something of it, as a lock or an item.</summary>
    public bool IsHeld => _state.TakeSnapshot().Holders.Count > 0;

    /// <summary>
    /// Carries out a command or an event. Deterministic, failures included: a state that throws will throw again when the journal is replayed.
    /// </summary>
    public Effects Step(Caller caller, ICommand command, Instant now)
    {
        _effects.Clear();
        _state.Step(caller, command, now, _effects);
        return _effects;
    }

    /// <summary>Carries out a command that came over the network.</summary>
    public Effects Step(Caller caller, ReadOnlySpan<byte> body, Instant now)
    {
        ICommand command;
        try
        {
            var reader = new WireReader(body) { HasNoReferences = true };
            command = _type.ReadCommand(ref reader);
        }
        catch (SerializationException malformed)
        {
            _effects.Clear();
            _effects.Reply(caller, new Reply(ReplyStatus.Malformed, Reason: malformed.Message));
            return _effects;
        }

        return Step(caller, command, now);
    }

    /// <summary>Copies the cell, for a process that reads it.</summary>
    /// <param name="renumber">Gives the reader's number of a process, from the number that the object knows.</param>
    public Reply CopyCell(Func<int, int> renumber)
    {
        if (_cell is not { } cell)
        {
            return new Reply(ReplyStatus.Malformed, Reason: $"a {_type.Name} has no cell.");
        }

        byte[] copy = new ReadOnlySpan<byte>(cell.Address, _type.CellBytes).ToArray();
        fixed (byte* words = copy)
        {
            if (_type == LockType.Instance)
            {
                new LockCell(words).Renumber(renumber);
            }
            else if (_type == ReadWriteLockType.Instance)
            {
                new ReadWriteCell(words).Renumber(renumber);
            }
        }

        return Reply.Of(new Payload(copy));
    }

    public StateSnapshot TakeSnapshot() => _state.TakeSnapshot();

    /// <summary>Whether it can be saved.</summary>
    public bool IsDurable => _state is IDurableState;

    public void Save(WireWriter writer)
    {
        writer.Bytes(_cell is { } cell ? new ReadOnlySpan<byte>(cell.Address, _type.CellBytes) : []);
        ((IDurableState)_state).Save(writer);
    }

    public void Restore(ref WireReader reader)
    {
        var saved = reader.Bytes();
        if (_cell is { } cell)
        {
            saved.CopyTo(new Span<byte>(cell.Address, _type.CellBytes));
        }

        ((IDurableState)_state).Restore(ref reader);
    }

    public void Dispose()
    {
        (_state as IDisposable)?.Dispose();
        if (_cell is { } cell)
        {
            NativeMemory.AlignedFree(cell.Address);
        }
    }
}
