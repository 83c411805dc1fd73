using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.SharedMemory;

namespace Multiproc;

/// <summary>
/// Bytes in shared memory with a name: Python's <c>shared_memory.SharedMemory</c>. Any process of this user attaches to it by the name, or is sent it. It
/// is freed when its last user is gone, by <see cref="Dispose()"/>, by its end or by <c>kill -9</c>, and never while somebody uses it.
/// </summary>
/// <example>
/// <code>
/// using var block = SharedMemoryBlock.Create(1024);
/// block.Buf[0] = 42;
/// using var same = SharedMemoryBlock.Attach(block.Name);
/// Console.WriteLine(same.Buf[0]); // 42
/// block.Unlink();
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed unsafe class SharedMemoryBlock : IDisposable, ISelfCoded<SharedMemoryBlock>
{
    private const string FreshPrefix = "psm_";

    private readonly Lock _gate = new();
    private readonly BlockLease _lease;
    private readonly bool _isCreator;
    private SegmentMapping? _mapping;
    private byte* _address;

    /// <summary>Makes a block, or attaches to one; as Python's constructor.</summary>
    /// <param name="name">Its name; a slash at the start is left out. Null: a fresh one, when it is made.</param>
    /// <param name="create">True: make it. False (the default): attach to it.</param>
    /// <param name="size">In bytes, when it is made; ignored otherwise.</param>
    /// <exception cref="ArgumentException">Nothing to attach to was named, or the name cannot be one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The size is not positive.</exception>
    /// <exception cref="FileNotFoundException">There is no block with this name.</exception>
    /// <exception cref="IOException">The name is in use, or the system has no room.</exception>
    public SharedMemoryBlock(string? name = null, bool create = false, long size = 0)
        : this(create ? Make(name, size) : Find(name), create)
    {
    }

    private SharedMemoryBlock((string Name, BlockLease Lease) named, bool isCreator)
    {
        Name = named.Name;
        _lease = named.Lease;
        _isCreator = isCreator;
        MappedMemory memory;
        try
        {
            memory = _lease.Map();
        }
        catch
        {
            _lease.Leave();
            throw;
        }

        Size = memory.Size;
        _mapping = new SegmentMapping(memory);
        _mapping.Keep();
        _address = memory.Address;
    }

    /// <summary>By this name others attach to it.</summary>
    public string Name { get; }

    /// <summary>In bytes.</summary>
    public long Size { get; }

    /// <summary>The bytes in place. The span must not be used after the block was closed here.</summary>
    /// <exception cref="ObjectDisposedException">It was closed here.</exception>
    /// <exception cref="NotSupportedException">It is larger than a span can be: use <see cref="Slice"/>.</exception>
    public Span<byte> Buf
    {
        get
        {
            var address = Address;
            return Size <= int.MaxValue ? new Span<byte>(address, (int)Size) : throw new NotSupportedException($"{this} is larger than a span can be: use Slice.");
        }
    }

    /// <summary>The same for code that keeps it: each use after <see cref="Close"/> is an <see cref="ObjectDisposedException"/>.</summary>
    public Memory<byte> Memory => new View(this).Memory;

    private byte* Address
    {
        get
        {
            var address = _address;
            ObjectDisposedException.ThrowIf(address == null, this);
            return address;
        }
    }

    /// <summary>Makes a block.</summary>
    /// <param name="size">In bytes.</param>
    /// <param name="name">Its name; null (the default): a fresh one.</param>
    /// <returns>The block, of zeroes.</returns>
    /// <exception cref="ArgumentException">The name cannot be one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The size is not positive.</exception>
    /// <exception cref="IOException">The name is in use, or the system has no room.</exception>
    public static SharedMemoryBlock Create(long size, string? name = null) => new(name, create: true, size);

    /// <summary>Attaches to a block that exists.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The same bytes.</returns>
    /// <exception cref="ArgumentException">The name cannot be one.</exception>
    /// <exception cref="FileNotFoundException">There is no block with this name.</exception>
    public static SharedMemoryBlock Attach(string name) => new(name);

    /// <summary>Attaches to a block, or makes it when there is none.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="size">In bytes, when it is made.</param>
    /// <returns>The block; its size tells which it was.</returns>
    /// <exception cref="ArgumentException">The name cannot be one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It is not there, and the size is not positive.</exception>
    /// <exception cref="IOException">The system has no room.</exception>
    public static SharedMemoryBlock OpenOrCreate(string name, long size)
    {
        while (true)
        {
            try
            {
                return Attach(name);
            }
            catch (FileNotFoundException)
            {
                if (TryCreate(name, size) is { } made)
                {
                    return made;
                }
            }
        }
    }

    /// <summary>A part of the bytes in place.</summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="length">How long it is.</param>
    /// <returns>A span of shared memory; it must not be used after the block was closed here.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It is not inside the block.</exception>
    /// <exception cref="ObjectDisposedException">It was closed here.</exception>
    public Span<byte> Slice(long start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Size - length);
        return new Span<byte>(Address + start, length);
    }

    /// <summary>Makes the bytes unusable through this object. The block stays for the others; one that this object made, also until this process ends. May be called again.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _address = null;
            _mapping?.Leave();
            _mapping = null;
        }

        if (!_isCreator)
        {
            _lease.Leave();
        }
    }

    /// <summary>Takes the name away: nobody attaches any more, and who has the bytes keeps them.</summary>
    /// <exception cref="FileNotFoundException">It was taken away before, or this object has let go of the block.</exception>
    public void Unlink() => _lease.Unlink();

    /// <summary>Closes the block and lets go of it: it ends when nobody else uses it. May be called again.</summary>
    public void Dispose()
    {
        Close();
        _lease.Leave();
    }

    /// <summary>Tells name and size.</summary>
    /// <returns>For example "SharedMemoryBlock('psm_21467f3e', 4096 bytes)".</returns>
    public override string ToString() => $"SharedMemoryBlock('{Name}', {Size} bytes)";

    /// <summary>For who ends what others may have unlinked.</summary>
    internal void TryUnlink() => _lease.TryUnlink();

    void ISelfCoded.WriteTo(WireWriter writer) => writer.String(Name);

    static SharedMemoryBlock ISelfCoded<SharedMemoryBlock>.ReadFrom(ref WireReader reader) => Attach(reader.String());

    private static SharedMemoryBlock? TryCreate(string name, long size)
    {
        try
        {
            return Create(size, name);
        }
        catch (IOException exists) when (exists.HResult == BlockLease.NameExists)
        {
            return null;
        }
    }

    private static (string Name, BlockLease Lease) Make(string? name, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        if (name is not null)
        {
            name = Plain(name);
            return (name, BlockLease.Create(name, size));
        }

        while (true)
        {
            string fresh = FreshPrefix + RandomNumberGenerator.GetInt32(int.MaxValue).ToString("x8", CultureInfo.InvariantCulture);
            try
            {
                return (fresh, BlockLease.Create(fresh, size));
            }
            catch (IOException exists) when (exists.HResult == BlockLease.NameExists)
            {
                // One in two thousand million: take another.
            }
        }
    }

    private static (string Name, BlockLease Lease) Find(string? name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        name = Plain(name);
        return (name, BlockLease.Attach(name));
    }

    private static string Plain(string name) => name.StartsWith('/') ? name[1..] : name;

    private sealed class View(SharedMemoryBlock block) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => block.Buf;

        public override MemoryHandle Pin(int elementIndex = 0) => new(block.Address + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
