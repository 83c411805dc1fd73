using System.Runtime.InteropServices;
using Multiproc.Torture.Crews;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Shortages;

/// <summary>The process of a shortage of descriptors: uses everything once, lowers its own limit, goes on, raises it, and uses everything once more.</summary>
internal static unsafe partial class FewDescriptors
{
    private const int OpenFiles = 7;
    private const int Attempts = 12;

    private static readonly Action[] s_uses = [UseQueue, UsePipe, UseLocks, UseBlock, UseProcess];

    public static void Work(int seed, Complaints complaints)
    {
        try
        {
            var random = new Random(seed);
            Array.ForEach(s_uses, static use => use());
            ulong* limits = stackalloc ulong[2];
            getrlimit(OpenFiles, limits);
            ulong before = limits[0];
            limits[0] = (ulong)Directory.GetFileSystemEntries("/proc/self/fd").Length + (ulong)random.Next(8);
            setrlimit(OpenFiles, limits);
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                var use = s_uses[random.Next(s_uses.Length)];
                try
                {
                    use();
                }
                catch (Exception typed) when (typed is MultiprocException or IOException)
                {
                    // What the promise asks for: an error that says what is missing.
                }
            }

            limits[0] = before;
            setrlimit(OpenFiles, limits);
            Array.ForEach(s_uses, static use => use());
        }
        catch (Exception failure)
        {
            complaints.Tell("shortages", failure.ToString());
            throw;
        }
    }

    private static void UseQueue()
    {
        using var queue = Mp.Queue<int>();
        queue.Put(7);
        Require(queue.Get(Limits.Bound) == 7, "a queue");
    }

    private static void UsePipe()
    {
        var (one, other) = Mp.Pipe();
        using (one)
        using (other)
        {
            one.Send(7);
            Require(other.Recv<int>(Limits.Bound) == 7, "a pipe");
        }
    }

    private static void UseLocks()
    {
        using var gate = Mp.Lock();
        using var happened = Mp.Event();
        using var value = Mp.RawValue(7);
        using (gate.Hold())
        {
            happened.Set();
        }

        Require(happened.Wait(Limits.Bound) && value.Value == 7, "a lock and an event");
    }

    private static void UseBlock()
    {
        using var block = SharedMemoryBlock.Create(10_000);
        block.Buf.Fill(7);
        using var same = SharedMemoryBlock.Attach(block.Name);
        Require(same.Buf[9_999] == 7, "a block");
    }

    private static void UseProcess()
    {
        using var process = Mp.Process(static () => { });
        process.Start();
        Require(process.Join(Limits.Bound), "the end of a process");
        if (process.ExitCode != 0)
        {
            throw new MultiprocException($"A process with few descriptors of its own ended with {process.ExitCode}."); // It inherits the limit.
        }
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"With few descriptors {what} failed silently.");
        }
    }

    [LibraryImport("libc")]
    private static partial int getrlimit(int resource, ulong* limits);

    [LibraryImport("libc")]
    private static partial int setrlimit(int resource, ulong* limits);
}
