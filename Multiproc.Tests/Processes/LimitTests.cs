using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>What the options of a process hold it to.</summary>
public sealed class LimitTests
{
    [Fact]
    public void MemoryLimit_Exceeded_IsOutOfMemoryInTheChildOnly()
    {
        using var seen = Mp.Queue<string>();
        using var process = Mp.Process(Eat, seen, options: new ProcessOptions { MemoryLimit = 64L << 20 });
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        seen.Get(InChild.Bound).ShouldBe("out of memory");
    }

    [Fact]
    public void AddressSpaceLimit_Exceeded_FailsInTheChildOnly()
    {
        using var seen = Mp.Queue<string>();
        using var process = Mp.Process(EatNative, seen, options: new ProcessOptions { AddressSpaceLimit = 16L << 30 });
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        seen.Get(InChild.Bound).ShouldBe("out of memory");
    }

    [Fact]
    public void Affinity_OneProcessor_IsAllTheChildHas()
    {
        using var counts = Mp.Queue<int>();
        using var process = Mp.Process(static queue => queue.Put(Mp.UsableCpuCount()), counts, options: new ProcessOptions { Affinity = [0] });
        process.Start();
        counts.Get(InChild.Bound).ShouldBe(1);
        process.Join(InChild.Bound).ShouldBeTrue();
        InChild.Run(() => counts.Put(Mp.UsableCpuCount()));
        counts.Get(InChild.Bound).ShouldBe(Mp.UsableCpuCount());
    }

    [Fact]
    public void Affinity_NoSuchProcessor_IsAnErrorOfTheStart()
    {
        using var process = Mp.Process(static () => { }, options: new ProcessOptions { Affinity = [1000] });
        Should.Throw<ProcessStartException>(process.Start).Message.ShouldContain("1000");
    }

    [Fact]
    public void Niceness_IsTheChilds()
    {
        using var priorities = Mp.Queue<string>();
        using var process = Mp.Process(
            static queue => queue.Put(File.ReadAllText("/proc/self/stat")), priorities, options: new ProcessOptions { Niceness = 7 });
        process.Start();
        string stat = priorities.Get(InChild.Bound);
        stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16].ShouldBe("7");
        process.Join(InChild.Bound).ShouldBeTrue();
    }

    [Fact]
    public void DirectoryAndEnvironment_AreTheChilds()
    {
        using var seen = Mp.Queue<string>();
        string folder = Path.GetTempPath().TrimEnd('/');
        var variables = new Dictionary<string, string?> { ["MULTIPROC_TEST_SET"] = "on", ["PATH"] = null };
        using var process = Mp.Process(
            static queue =>
                queue.Put(
                    $"{Environment.CurrentDirectory} {Environment.GetEnvironmentVariable("MULTIPROC_TEST_SET")} "
                        + $"{Environment.GetEnvironmentVariable("PATH") is null}"),
            seen, options: new ProcessOptions { WorkingDirectory = folder, Environment = variables });
        process.Start();
        seen.Get(InChild.Bound).ShouldBe($"{folder} on True");
        process.Join(InChild.Bound).ShouldBeTrue();
    }

    [Fact]
    public void KeepStderr_LastLinesAreKnown()
    {
        using var process = Mp.Process(static () => Console.Error.WriteLine("to be kept"), options: new ProcessOptions { KeepStderr = true });
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        process.StderrTail().ShouldContain("to be kept");
    }

    [Fact]
    public void OutOfRange_IsRefusedWhereItIsSet()
    {
        Refused(new ProcessOptions { MemoryLimit = 1 });
        Refused(new ProcessOptions { AddressSpaceLimit = -1 });
        Refused(new ProcessOptions { Niceness = 20 });
        Refused(new ProcessOptions { Affinity = [] });
        Refused(new ProcessOptions { Affinity = [-1] });
        Refused(new ProcessOptions { TerminationGrace = TimeSpan.FromSeconds(-1) });
    }

    private static void Refused(ProcessOptions options) => Should.Throw<ArgumentOutOfRangeException>(() => Mp.Process(static () => { }, options: options));

    private static void Eat(SharedQueue<string> seen)
    {
        var kept = new List<byte[]>();
        try
        {
            while (kept.Count < 1000)
            {
                kept.Add(new byte[1 << 20]);
            }

            seen.Put("enough for all");
        }
        catch (OutOfMemoryException)
        {
            kept.Clear();
            seen.Put("out of memory");
        }
    }

    private static unsafe void EatNative(SharedQueue<string> seen)
    {
        try
        {
            for (int i = 0; i < 64; i++)
            {
                _ = System.Runtime.InteropServices.NativeMemory.Alloc(1 << 30);
            }

            seen.Put("enough for all");
        }
        catch (OutOfMemoryException)
        {
            seen.Put("out of memory");
        }
    }
}
