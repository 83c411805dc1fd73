using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Multiproc.Serialization;
using Multiproc.SharedMemory;

namespace Multiproc;

/// <summary>
/// A named block of shared memory: Python's <c>shared_memory.SharedMemory</c>. Any process of the same user can attach to it by name, or receive it as an
/// argument or item. The system frees the block when its last user has gone, whether by <see cref="Dispose()"/>, by exiting or by <c>kill -9</c>; never while
/// a process uses it.
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
    // Volatile: see SharedArray.
    private volatile byte* _address;

    /// <summary>Creates a block or attaches to an existing one, like Python's constructor.</summary>
    /// <param name="name">The name; a leading slash is ignored. When creating, null generates a unique name.</param>
    /// <param name="create">True creates the block; false (the default) attaches to an existing one.</param>
    /// <param name="size">The size in bytes when creating; ignored when attaching.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not a valid name, or is missing when attaching.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is not positive.</exception>
    /// <exception cref="FileNotFoundException">There is no block with this name.</exception>
    /// <exception cref="IOException">The name is in use, or there is not enough shared memory.</exception>
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

    /// <summary>The name of the block, which other processes attach to.</summary>
    public string Name { get; }

    /// <summary>The size of the block in bytes.</summary>
    public long Size { get; }

    /// <summary>The bytes of the block, in place. Do not use the span after the block was closed in this process.</summary>
    /// <exception cref="ObjectDisposedException">The block was closed in this process.</exception>
    /// <exception cref="NotSupportedException">The block is larger than 2 GB, the limit of a span; use <see cref="Slice"/>.</exception>
    public Span<byte> Buf
    {
        get
        {
            var address = Address;
            return Size <= int.MaxValue
                ? new Span<byte>(address, (int)Size)
                : throw new NotSupportedException($"{this} is larger than 2 GB, the limit of a span: use Slice.");
        }
    }

    /// <summary>
    /// The bytes of the block, for code that stores the reference: any use after <see cref="Close"/> throws <see cref="ObjectDisposedException"/>.
    /// </summary>
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

    /// <summary>Creates a block.</summary>
    /// <param name="size">The size in bytes.</param>
    /// <param name="name">The name; null (the default) generates a unique one.</param>
    /// <returns>The new block; all its bytes are zero.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not a valid name.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is not positive.</exception>
    /// <exception cref="IOException">The name is in use, or there is not enough shared memory.</exception>
    public static SharedMemoryBlock Create(long size, string? name = null) => new(name, create: true, size);

    /// <summary>Attaches to an existing block.</summary>
    /// <param name="name">The name of the block.</param>
    /// <returns>The block; changes are visible to every process that is attached to it.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not a valid name.</exception>
    /// <exception cref="FileNotFoundException">There is no block with this name.</exception>
    public static SharedMemoryBlock Attach(string name) => new(name);

    /// <summary>Attaches to a block, or creates it when it does not exist. Safe when several processes do so at the same time.</summary>
    /// <param name="name">The name of the block.</param>
    /// <param name="size">The size in bytes, used only when the block is created.</param>
    /// <returns>The block; an existing one keeps its own size.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not a valid name.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The block does not exist, and <paramref name="size"/> is not positive.</exception>
    /// <exception cref="IOException">There is not enough shared memory.</exception>
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

    /// <summary>Returns a part of the block's bytes, in place.</summary>
    /// <param name="start">The offset of the first byte.</param>
    /// <param name="length">The number of bytes.</param>
    /// <returns>A span of shared memory. Do not use it after the block was closed in this process.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The part is not inside the block.</exception>
    /// <exception cref="ObjectDisposedException">The block was closed in this process.</exception>
    public Span<byte> Slice(long start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Size - length);
        return new Span<byte>(Address + start, length);
    }

    /// <summary>
    /// Closes this process's view of the block. Other processes keep theirs; a block that this object created also stays alive until the object is disposed or
    /// this process ends. Can be called more than once.
    /// </summary>
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

    /// <summary>Removes the name: no process can attach any more, and those that are attached keep the block.</summary>
    /// <exception cref="FileNotFoundException">The name was already removed, or this object was disposed.</exception>
    public void Unlink() => _lease.Unlink();

    /// <summary>Closes and releases the block, which is freed when no other process uses it. Can be called more than once.</summary>
    public void Dispose()
    {
        Close();
        _lease.Leave();
    }

    /// <summary>Returns the name and the size.</summary>
    /// <returns>For example "SharedMemoryBlock('psm_21467f3e', 4096 bytes)".</returns>
    public override string ToString() => $"SharedMemoryBlock('{Name}', {Size} bytes)";

    /// <summary>Removes the name unless another process has already removed it.</summary>
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
                // The random name is taken, which happens once in two billion: try another.
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
