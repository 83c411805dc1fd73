namespace Multiproc;

/// <summary>
/// Makes blocks and lists of shared memory, and ends all of them at <see cref="Shutdown"/>: Python's <c>SharedMemoryManager</c>. There is no server process
/// behind it: what the manager's process made is freed with its last user, also when that process is killed.
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

    /// <summary>Begins; once.</summary>
    /// <returns>This.</returns>
    /// <exception cref="InvalidOperationException">It was started before.</exception>
    public SharedMemoryManager Start()
    {
        lock (_gate)
        {
            _runs = _runs ? throw new InvalidOperationException("This SharedMemoryManager runs already.") : true;
            return this;
        }
    }

    /// <summary>Makes a block with a fresh name.</summary>
    /// <param name="size">In bytes.</param>
    /// <returns>The block.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is not positive.</exception>
    /// <exception cref="InvalidOperationException">The manager does not run.</exception>
    /// <exception cref="IOException">The system has no room.</exception>
    public SharedMemoryBlock SharedMemory(long size)
    {
        lock (_gate)
        {
            RequireRunning();
            return Track(SharedMemoryBlock.Create(size));
        }
    }

    /// <summary>Makes a list in a block with a fresh name.</summary>
    /// <param name="items">Its items.</param>
    /// <returns>The list.</returns>
    /// <exception cref="ArgumentException">An item is of a type that a list cannot hold.</exception>
    /// <exception cref="InvalidOperationException">The manager does not run.</exception>
    /// <exception cref="IOException">The system has no room.</exception>
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

    /// <summary>The names of the blocks that it made and that were not released.</summary>
    /// <returns>A fresh list.</returns>
    /// <exception cref="InvalidOperationException">The manager does not run.</exception>
    public IReadOnlyList<string> ListSegments()
    {
        lock (_gate)
        {
            RequireRunning();
            return [.. _blocks.Keys];
        }
    }

    /// <summary>Ends one block before the others.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ArgumentException">It is none of this manager's.</exception>
    /// <exception cref="InvalidOperationException">The manager does not run.</exception>
    public void ReleaseSegment(string name)
    {
        lock (_gate)
        {
            RequireRunning();
            if (!_blocks.Remove(name, out var block))
            {
                throw new ArgumentException($"'{name}' is no block of this manager.", nameof(name));
            }

            End(block);
        }
    }

    /// <summary>Takes the names of all blocks away and lets go of them; who is attached keeps the bytes. May be called again.</summary>
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

    /// <summary>The same as <see cref="Shutdown"/>.</summary>
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
            throw new InvalidOperationException("This SharedMemoryManager does not run: call Start first, and not after Shutdown.");
        }
    }
}
