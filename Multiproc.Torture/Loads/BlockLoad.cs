using System.Diagnostics;
using Multiproc.SharedMemory;
using Multiproc.Torture.Crews;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Loads;

/// <summary>
/// A named block with a region for each process, written under a lock, and blocks of single processes. What is written stays, whoever dies; the name of a
/// block goes with its last user.
/// </summary>
internal sealed class BlockLoad(LoadSettings settings) : CrewLoad("blocks", settings)
{
    private const int Region = 2048;

    private readonly string _prefix = $"torture-{Environment.ProcessId}-";
    private SharedMemoryBlock? _block;
    private Objects? _shared;

    public override void Dispose()
    {
        base.Dispose();
        _block?.Dispose();
        _shared?.Dispose();
    }

    protected override void MakeObjects()
    {
        _block = SharedMemoryBlock.Create(Region * Settings.Crew);
        _shared = new Objects(_block.Name, _prefix, Mp.Lock(), Mp.RawArray<long>(Settings.Crew));
    }

    protected override ChildProcess MakeProcess(Seat seat, ProcessOptions options) =>
        Mp.GetContext(StartMethod.ForkServer).Process(Work, seat, _shared!, options: options);

    protected override void Died(int seat)
    {
        string own = BlockFolder.PathOf(_shared!.OwnName(seat, _shared.Numbers[seat]));
        for (long since = Stopwatch.GetTimestamp(); File.Exists(own); Thread.CurrentThread.Join(20))
        {
            if (Stopwatch.GetElapsedTime(since) > Limits.Bound)
            {
                Tally.Break($"left behind: {own}, whose only user died {Limits.Bound.TotalSeconds:0} s ago");
                return;
            }
        }
    }

    protected override void OwnTurn()
    {
        Limits.Came(_shared!.Gate.Acquire(Limits.Bound), "The lock of a block");
        string? torn = Look(_block!, _shared);
        _shared.Gate.Release();
        if (torn is not null)
        {
            Tally.Break(torn);
        }

        Thread.CurrentThread.Join(5);
    }

    protected override void Judge()
    {
        OwnTurn();
        string path = BlockFolder.PathOf(_block!.Name);
        _block.Dispose();
        if (File.Exists(path))
        {
            Tally.Break($"left behind: {path}, which nobody uses");
        }
    }

    private static void Work(Seat seat, Objects shared)
    {
        using var block = SharedMemoryBlock.Attach(shared.Name);
        seat.Work(random =>
        {
            if (random.Next(10) == 0)
            {
                long number = ++shared.Numbers[seat.Number];
                using var own = SharedMemoryBlock.Create(random.Next(1, 100_000), shared.OwnName(seat.Number, number));
                own.Buf.Fill(1);
                using var again = SharedMemoryBlock.Attach(own.Name);
                if (again.Buf[^1] != 1)
                {
                    seat.Complain($"torn: block {own.Name} is not what was written to it");
                }

                return;
            }

            Limits.Came(shared.Gate.Acquire(Limits.Bound), "The lock of a block");
            if (Look(block, shared) is { } torn)
            {
                seat.Complain(torn);
            }

            block.Slice((long)seat.Number * Region, Region).Fill((byte)random.Next(256));
            shared.Gate.Release();
        });
    }

    /// <summary>Each region has one value; one whose writer died is written anew. To be called under the lock.</summary>
    private static string? Look(SharedMemoryBlock block, Objects shared)
    {
        string? torn = null;
        for (int seat = 0; seat < shared.Numbers.Length; seat++)
        {
            var region = block.Slice((long)seat * Region, Region);
            if (region.IndexOfAnyExcept(region[0]) < 0)
            {
                continue;
            }

            if (!shared.Gate.Abandoned)
            {
                torn = $"torn: region {seat} of block {block.Name} has several values, though no writer died";
            }

            region.Clear();
        }

        if (shared.Gate.Abandoned)
        {
            shared.Gate.MarkConsistent();
        }

        return torn;
    }

    private sealed record Objects(string Name, string Prefix, SharedLock Gate, SharedArray<long> Numbers) : IDisposable
    {
        public string OwnName(int seat, long number) => $"{Prefix}{seat}-{number}";

        public void Dispose()
        {
            Gate.Dispose();
            Numbers.Dispose();
        }
    }
}
