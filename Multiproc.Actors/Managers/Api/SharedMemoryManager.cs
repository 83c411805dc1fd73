namespace Multiproc;

/// <summary>
/// Creates shared memory blocks and lists, and frees all of them at <see cref="Shutdown"/>: Python's <c>SharedMemoryManager</c>. It needs no server process:
/// memory is freed when its last user is gone, even if the process that created it is killed.
/// </summary>
/// <example>
/// <code>
/// using var memory = new SharedMemoryManager().Start();
/// var list = memory.ShareableList([1, 2, 3]);
/// var block = memory.SharedMemory(1024);
/// </code>
/// </example>
public sealed class SharedMemoryManager : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SharedMemoryBlock> _blocks = [];
    private bool _runs;

    /// <summary>Starts the manager. A manager can be started once.</summary>
    /// <returns>This manager.</returns>
    /// <exception cref="InvalidOperationException">The manager was started before.</exception>
    public SharedMemoryManager Start()
    {
        lock (_gate)
        {
            _runs = _runs ? throw new InvalidOperationException("This SharedMemoryManager is already running.") : true;
            return this;
        }
    }

    /// <summary>Creates a shared memory block with a unique name.</summary>
    /// <param name="size">The size in bytes.</param>
    /// <returns>The block.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is not positive.</exception>
    /// <exception cref="InvalidOperationException">The manager is not running.</exception>
    /// <exception cref="IOException">The system has too little memory.</exception>
    public SharedMemoryBlock SharedMemory(long size)
    {
        lock (_gate)
        {
            RequireRunning();
            return Track(SharedMemoryBlock.Create(size));
        }
    }

    /// <summary>Creates a list in a new shared memory block with a unique name.</summary>
    /// <param name="items">The items of the list.</param>
    /// <returns>The list.</returns>
    /// <exception cref="ArgumentException">An item is of a type that a shareable list does not support.</exception>
    /// <exception cref="InvalidOperationException">The manager is not running.</exception>
    /// <exception cref="IOException">The system has too little memory.</exception>
    public ShareableList ShareableList(IEnumerable<object?> items)
    {
        lock (_gate)
        {
            RequireRunning();
            var list = new ShareableList(items);
            Track(list.Block);
            return list;
        }
    }

    /// <summary>Lists the names of the blocks that this manager created and has not released.</summary>
    /// <returns>A new list.</returns>
    /// <exception cref="InvalidOperationException">The manager is not running.</exception>
    public IReadOnlyList<string> ListSegments()
    {
        lock (_gate)
        {
            RequireRunning();
            return [.. _blocks.Keys];
        }
    }

    /// <summary>Frees one block before the shutdown.</summary>
    /// <param name="name">The name of the block.</param>
    /// <exception cref="ArgumentException">This manager has no block of that name.</exception>
    /// <exception cref="InvalidOperationException">The manager is not running.</exception>
    public void ReleaseSegment(string name)
    {
        lock (_gate)
        {
            RequireRunning();
            if (!_blocks.Remove(name, out var block))
            {
                throw new ArgumentException($"'{name}' is not a block of this manager.", nameof(name));
            }

            End(block);
        }
    }

    /// <summary>Unlinks and closes all blocks. Processes that are attached to a block keep their mapping. Does nothing when called again.</summary>
    public void Shutdown()
    {
        lock (_gate)
        {
            foreach (var block in _blocks.Values)
            {
                End(block);
            }

            _blocks.Clear();
            _runs = false;
        }
    }

    /// <summary>Unlinks and closes all blocks, like <see cref="Shutdown"/>.</summary>
    public void Dispose() => Shutdown();

    private static void End(SharedMemoryBlock block)
    {
        block.TryUnlink();
        block.Dispose();
    }

    private SharedMemoryBlock Track(SharedMemoryBlock block)
    {
        _blocks.Add(block.Name, block);
        return block;
    }

    private void RequireRunning()
    {
        if (!_runs)
        {
            throw new InvalidOperationException("This SharedMemoryManager is not running: call Start first; it cannot be restarted after Shutdown.");
        }
    }
}
