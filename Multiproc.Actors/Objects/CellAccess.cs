using System.Runtime.CompilerServices;
using Multiproc.Peers;
using Multiproc.States;

namespace Multiproc.Objects;

/// <summary>A view of an object's cell: a struct that holds the address of its first byte.</summary>
internal unsafe interface ICell<TSelf>
    where TSelf : struct, ICell<TSelf>
{
    static abstract int Size { get; }

    static abstract TSelf At(byte* address);
}

/// <summary>
/// A facade's one way to its object's cell. On the object's machine the cell is mapped at first use, and used in place. On other machines it cannot be mapped:
/// it is read as a copy, and every change is a command to the node.
/// </summary>
/// <remarks>A mutable struct: keep it in a field that is not readonly.</remarks>
internal unsafe struct CellAccess<TCell>(ObjectHandle handle)
    where TCell : struct, ICell<TCell>
{
    private readonly ObjectHandle _handle = handle;
    private nint _pointer;

    /// <summary>Whether the cell is mapped already.</summary>
    public readonly bool IsMapped => _pointer != 0;

    /// <summary>Whether using the cell needs no other process.</summary>
    public readonly bool IsReached => _pointer != 0 || _handle.IsLocal;

    /// <summary>The number under which the node knows this process. Valid after the cell was mapped or read.</summary>
    public int Process { readonly get; private set; }

    /// <summary>The mapped cell; null where it cannot be mapped.</summary>
    /// <exception cref="ObjectDisposedException">The handle was disposed.</exception>
    public TCell? Mapped => TryMap(out var cell) ? cell : null;

    /// <summary>Returns the cell in place, mapping it at first use; false where it cannot be mapped: ask the node by a command then.</summary>
    /// <exception cref="ObjectDisposedException">The handle was disposed.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryMap(out TCell cell)
    {
        _handle.ThrowIfDisposed();
        if (_pointer == 0 && !Map())
        {
            cell = default;
            return false;
        }

        cell = TCell.At((byte*)_pointer);
        return true;
    }

    /// <summary>Returns the cell for reading: in place, or a copy of this moment, which is valid until this thread reads the next copy.</summary>
    /// <exception cref="ObjectDisposedException">The handle was disposed, in this process or in its node.</exception>
    /// <exception cref="SerializationException">The node has no such cell.</exception>
    public TCell Read()
    {
        if (TryMap(out var cell))
        {
            return cell;
        }

        Process = _handle.OurNumber;
        return TCell.At(CellCopy.Of(_handle, TCell.Size));
    }

    /// <summary>Maps the cell, or connects to its node where it cannot be mapped.</summary>
    public void Touch() => TryMap(out _);

    // A method of its own, which is not inlined: the check at each use is a few instructions.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Map()
    {
        if (_handle.IsFar)
        {
            return false;
        }

        // Last of all the pointer: another thread that sees it uses the number.
        _handle.RequireMemory(TCell.Size);
        Process = _handle.OurNumber;
        Volatile.Write(ref _pointer, (nint)_handle.Memory);
        return true;
    }
}

/// <summary>Copies of cells that cannot be mapped.</summary>
internal static unsafe class CellCopy
{
    private const int LargestCell = 2048;

    [ThreadStatic]
    private static byte[]? s_copy;

    /// <summary>Copies the first bytes of a cell from its node. Valid until this thread asks for the next copy.</summary>
    public static byte* Of(ObjectHandle handle, int bytes)
    {
        var reply = handle.Ask(CellSnapshot.Question, default);
        if (reply.Status == ReplyStatus.ObjectGone)
        {
            throw new ObjectDisposedException(handle.ToString(), "Its node has disposed it.");
        }

        if (reply.Status is ReplyStatus.Lost or ReplyStatus.OutcomeUnknown)
        {
            throw new ConnectionLostException($"{handle}: {reply.Reason}");
        }

        if (reply.Status == ReplyStatus.Refused)
        {
            throw new InvalidOperationException($"{handle}: {reply.Reason}");
        }

        var cell = reply.Value.Bytes.Span;
        if (cell.Length < bytes || bytes > LargestCell)
        {
            throw new SerializationException($"Malformed reply: a cell of {bytes} bytes was requested, and {cell.Length} bytes came.");
        }

        s_copy ??= GC.AllocateArray<byte>(LargestCell, pinned: true);
        cell[..bytes].CopyTo(s_copy);
        return (byte*)Unsafe.AsPointer(ref s_copy[0]);
    }
}
