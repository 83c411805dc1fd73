using System.Collections.Concurrent;

namespace Multiproc.SharedMemory;

/// <summary>
/// The mapping of a segment that belongs to one object, and how many handles of this process use it. With the last one it is retired; what the
/// handles forget, the collector finds.
/// </summary>
internal sealed class LargeMapping(MappedMemory memory)
{
    /// <summary>Spans were given out, which the collector does not see: only the handles say when these end.</summary>
    private static readonly ConcurrentDictionary<LargeMapping, bool> s_kept = new();

    private int _users = 1;

    ~LargeMapping()
    {
        if (_users > 0)
        {
            RetiredMemory.Add(Memory);
        }
    }

    public MappedMemory Memory { get; } = memory;

    /// <returns>False when the last user has left.</returns>
    public bool TryEnter()
    {
        while (true)
        {
            int users = Volatile.Read(ref _users);
            if (users == 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _users, users + 1, users) == users)
            {
                return true;
            }
        }
    }

    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            GC.SuppressFinalize(this);
            s_kept.TryRemove(this, out _);
            RetiredMemory.Add(Memory);
        }
    }

    /// <summary>From here on it ends by <see cref="Leave"/> alone.</summary>
    public void Keep() => s_kept.TryAdd(this, true);
}
