using System.Collections.Concurrent;

namespace Multiproc.SharedMemory;

/// <summary>
/// The mapping of a segment in this process, with the number of handles that use it. With the last handle its descriptor and pages are released; mappings of
/// handles that were not disposed are released by the garbage collector.
/// </summary>
/// <remarks>
/// The addresses outlive the pages. In a segment that is one array they are used for moments only: <see cref="RetiredMemory"/> keeps them for a while. A
/// segment of cells is used by calls that may wait indefinitely while another thread disposes their facade: its addresses stay until no such facade is
/// reachable any more. Until then they are mapped to zeroes.
/// </remarks>
/// <param name="memory">The mapped memory.</param>
/// <param name="holdsCells">Whether the segment holds cells.</param>
internal sealed class SegmentMapping(MappedMemory memory, bool holdsCells = false)
{
    /// <summary>Mappings whose spans were handed out, which the garbage collector does not track: only disposing the handles ends them.</summary>
    private static readonly ConcurrentDictionary<SegmentMapping, bool> s_kept = new();

    private int _users = 1;

    ~SegmentMapping() => RetiredMemory.Add(Memory);

    public MappedMemory Memory { get; } = memory;

    /// <returns>False if the last user has left already.</returns>
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
        if (Interlocked.Decrement(ref _users) > 0)
        {
            return;
        }

        s_kept.TryRemove(this, out _);
        if (holdsCells)
        {
            Memory.GiveBackPages();
        }
        else
        {
            GC.SuppressFinalize(this);
            RetiredMemory.Add(Memory);
        }
    }

    /// <summary>Makes the mapping end by <see cref="Leave"/> alone.</summary>
    public void Keep() => s_kept.TryAdd(this, true);
}
