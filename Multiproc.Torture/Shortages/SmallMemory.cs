using System.Diagnostics;
using Multiproc.Torture.Crews;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Shortages;

/// <summary>
/// Runs this program again in a mount namespace of its own, where the folder of shared memory has room for one megabyte. Only where this user may: root on
/// Linux with <c>unshare</c>.
/// </summary>
internal static class SmallMemory
{
    /// <summary>The argument with which this program calls <see cref="Inside"/>.</summary>
    public const string Argument = "torture-small-memory";

    private const int Room = 1 << 20;
    private const string Program = "/usr/bin/unshare";

    /// <summary>Why it cannot be done here; null if it can.</summary>
    public static string? WhyNot()
    {
        if (Multiproc.SharedMemory.Linux.FileCalls.geteuid() != 0 || !File.Exists(Program))
        {
            return "a mount namespace needs root and unshare";
        }

        return Start("true") is { ExitCode: 0 } ? null : "this system denies mount namespaces";
    }

    /// <summary>Runs it once.</summary>
    /// <returns>What went wrong; null if nothing.</returns>
    public static string? Run()
    {
        string self = string.Join(' ', new[] { Environment.ProcessPath! }.Concat(Self.Arguments(Argument)).Select(static each => $"'{each}'"));
        var (exit, output) = Start($"exec {self}");
        return exit == 0 ? null : $"with a shared memory of {Room} bytes: exit code {exit}: {output}";
    }

    /// <summary>Fills the shared memory: the error says so, what was there stays whole, and afterwards there is room again.</summary>
    /// <returns>The exit code.</returns>
    public static int Inside()
    {
        using var first = SharedMemoryBlock.Create(Room / 4);
        first.Buf.Fill(7);
        try
        {
            using var tooLarge = SharedMemoryBlock.Create(2 * Room);
            Console.WriteLine($"a block of {tooLarge.Size} bytes was made where there is room for {Room}");
            return 1;
        }
        catch (IOException)
        {
            // As it should be.
        }

        using (var queue = Mp.Queue<byte[]>())
        {
            queue.Put(new byte[2 * Room]);
            if (queue.Get(Limits.Bound).Length != 2 * Room || first.Buf.IndexOfAnyExcept((byte)7) >= 0)
            {
                Console.WriteLine("a queue or a block is not what was written to it");
                return 1;
            }
        }

        using var second = SharedMemoryBlock.Create(Room / 4);
        second.Buf.Fill(8);
        return 0;
    }

    private static (int ExitCode, string Output) Start(string command)
    {
        var start = new ProcessStartInfo(Program, ["-m", "sh", "-c", $"mount -t tmpfs -o size={Room} tmpfs /dev/shm && {command}"])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }
}
