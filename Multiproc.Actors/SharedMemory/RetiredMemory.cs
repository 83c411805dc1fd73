namespace Multiproc.SharedMemory;

/// <summary>
/// Memory that is no longer used. Its pages are released at once; its addresses stay reserved for a while, mapped to zeroes,
/// because a thread may have read one of them just before the release and use it just after: it must meet neither a fault nor another object.
/// </summary>
internal static class RetiredMemory
{
    private const long LongestStayMilliseconds = 10_000;
    private const int MostPieces = 4096;
    private const long MostBytes = 64L << 30;

    private static readonly Lock s_gate = new();
    private static readonly Queue<Piece> s_pieces = new();
    private static Timer? s_release;
    private static long s_bytes;

    /// <summary>The number of bytes of reserved addresses. They take no memory.</summary>
    public static long ReservedBytes
    {
        get
        {
            lock (s_gate)
            {
                return s_bytes;
            }
        }
    }

    public static void Add(MappedMemory memory)
    {
        memory.GiveBackPages();
        long now = Environment.TickCount64;
        lock (s_gate)
        {
            s_pieces.Enqueue(new Piece(memory, now));
            s_bytes += memory.Size;
            ReleaseOld_UnderGate(now);
            if (s_release is null)
            {
                s_release = new Timer(static _ => ReleaseOld(), null, LongestStayMilliseconds + 1, Timeout.Infinite);
            }
        }
    }

    /// <summary>Releases reserved addresses, for a process that has no addresses left.</summary>
    /// <returns>False if there was nothing to release.</returns>
    public static bool ReleaseAll()
    {
        lock (s_gate)
        {
            bool any = s_pieces.Count > 0;
            while (s_pieces.Count > 0)
            {
                Release();
            }

            return any;
        }
    }

    /// <summary>Releases retired addresses by time, so that none stay only because nothing else is retired.</summary>
    private static void ReleaseOld()
    {
        lock (s_gate)
        {
            long now = Environment.TickCount64;
            ReleaseOld_UnderGate(now);
            if (s_pieces.TryPeek(out var oldest))
            {
                s_release!.Change(Math.Max(1, oldest.Since + LongestStayMilliseconds + 1 - now), Timeout.Infinite);
            }
            else
            {
                s_release!.Dispose();
                s_release = null;
            }
        }
    }

    private static void ReleaseOld_UnderGate(long now)
    {
        while (s_pieces.TryPeek(out var oldest)
            && (s_pieces.Count > MostPieces || s_bytes > MostBytes || now - oldest.Since > LongestStayMilliseconds))
        {
            Release();
        }
    }

    private static void Release()
    {
        var memory = s_pieces.Dequeue().Memory;
        s_bytes -= memory.Size;
        memory.Dispose();
    }

    private readonly record struct Piece(MappedMemory Memory, long Since);
}
