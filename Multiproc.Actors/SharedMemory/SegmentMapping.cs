using System.Collections.Concurrent;

namespace Multiproc.SharedMemory;

/// <summary>
/// The mapping of a segment in this process, and how many handles use it. With the last one its descriptor and pages are given back; what the
/// handles forget, the collector finds.
/// </summary>
/// <remarks>
/// The addresses outlive the pages. In a segment that is one array they are used for moments only: <see cref="RetiredMemory"/> keeps them for a while. A
/// segment of cells is used by calls that wait, for however long, while another thread disposes their facade: its addresses stay until no such facade can
/// be reached any more. Until then they are zeroes that belong to nobody.
/// </remarks>
/// <param name="memory">What is mapped.</param>
/// <param name="holdsCells">Whether it is shared by cells.</param>
internal sealed class SegmentMapping(MappedMemory memory, bool holdsCells = false)
{
    /// <summary>Spans were given out, which the collector does not see: only the handles say when these end.</summary>
    private static readonly ConcurrentDictionary<SegmentMapping, bool> s_kept = new();

    private int _users = 1;

    ~SegmentMapping() => RetiredMemory.Add(Memory);

    public MappedMemory Memory { get; } = memory;

    /// <returns>False if the last user has left.</returns>
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

    /// <summary>From here on it ends by <see cref="Leave"/> alone.</summary>
    public void Keep() => s_kept.TryAdd(this, true);
}
