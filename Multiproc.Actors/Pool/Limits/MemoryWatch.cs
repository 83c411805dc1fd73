using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics;

namespace Multiproc.Pool;

/// <summary>Checks the memory of a pool's workers periodically, and kills those that exceed their limit.</summary>
internal sealed class MemoryWatch : IDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<int, PoolMember> _members;
    private readonly long _most;
    private readonly Timer _timer;
    private int _spinning;

    private MemoryWatch(long most, ConcurrentDictionary<int, PoolMember> members)
    {
        _most = most;
        _members = members;
        _timer = new Timer(_ => Check(), null, s_period, s_period);
    }

    /// <summary>Creates a watch; null for a pool without a memory limit, and for one whose workers are threads of this process.</summary>
    public static MemoryWatch? For(PoolPlan plan, ConcurrentDictionary<int, PoolMember> members)
    {
        var options = plan.Options;
        return plan.OnThreads || (options.HardMaxMemoryPerWorker == 0 && options.MaxMemoryPerWorker == 0)
            ? null
            : new MemoryWatch(options.HardMaxMemoryPerWorker == 0 ? long.MaxValue : options.HardMaxMemoryPerWorker, members);
    }

    public void Dispose() => _timer.Dispose();

    private void Check()
    {
        // A check that takes longer than the period must not overlap the next one.
        if (Interlocked.Exchange(ref _spinning, 1) != 0)
        {
            return;
        }

        foreach (var member in _members.Values)
        {
            if (member.Process.LocalPid is { } pid && !member.HasEnded && Of(pid) is { } bytes)
            {
                Interlocked.Exchange(ref member.Memory, bytes);
                if (bytes > _most)
                {
                    member.IsOverMemory = true;
                    member.End();
                }
            }
        }

        Volatile.Write(ref _spinning, 0);
    }

    /// <summary>Gets the resident memory of a process; null if it has ended.</summary>
    private static long? Of(int pid)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                Span<byte> text = stackalloc byte[128];
                using var file = File.OpenHandle($"/proc/{pid}/statm");
                text = text[..RandomAccess.Read(file, text, 0)];
                text = text[(text.IndexOf((byte)' ') + 1)..];
                return Utf8Parser.TryParse(text, out long pages, out _) && pages > 0 ? pages * Environment.SystemPageSize : null;
            }

            using var process = Process.GetProcessById(pid);
            return process.WorkingSet64;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }
}
