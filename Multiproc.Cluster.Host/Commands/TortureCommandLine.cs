using System.CommandLine;
using Multiproc.Host.Commands;
using Multiproc.Torture;
using Multiproc.Torture.Faults;

namespace Multiproc.Cluster.Host.Commands;

/// <summary>Tries the library on this machine: <c>multiproc-host torture --minutes 5 --seed 7 --only queues,locks</c>.</summary>
internal static class TortureCommandLine
{
    private const int NotHere = 2;

    public static Command Make()
    {
        var minutes = new Option<double>("--minutes") { Description = "For how long.", DefaultValueFactory = static _ => 1 };
        var seed = new Option<int?>("--seed") { Description = "Of the faults and of what the loads choose; by default a random one, which is printed." };
        var only = new Option<string?>("--only") { Description = $"Only some loads, with commas between: {string.Join(", ", TortureRun.Loads)}." };
        var load = new Option<bool>("--load") { Description = "Beside processes that take all processors." };
        var crew = new Option<int>("--crew") { Description = "How many processes each load has.", DefaultValueFactory = static _ => 3 };
        var rate = new Option<double>("--faults-per-minute")
        {
            Description = "How many faults each load has in a minute, on average.", DefaultValueFactory = static _ => 20,
        };
        var faults = new Option<string?>("--faults")
        {
            Description = "Only the faults with these numbers, such as 0-12,17: as the log of a failed run names them.",
        };
        var replay = new Option<bool>("--replay")
        {
            Description = "Lists the faults of a --seed and does them again: the same faults and choices, but not the same interleaving.",
        };
        var shrink = new Option<bool>("--shrink")
        {
            Description = "Looks for the fewest loads and faults with which the run still fails. Takes many times as long.",
        };
        var command = new Command(
            "torture",
            "Uses shared objects of all kinds in many processes that are killed, stopped and made to fail at random, and fails (exit code 1) when anything is "
                + "lost, comes twice, hangs or is left behind. On this machine alone; ends by itself. Linux only.")
        {
            minutes, seed, only, load, crew, rate, faults, replay, shrink,
        };
        command.SetAction(parsed => CommandErrors.Guarded(() => Run(
            new TortureOptions
            {
                Duration = TimeSpan.FromMinutes(parsed.GetValue(minutes)),
                Seed = parsed.GetValue(seed) ?? Random.Shared.Next(1 << 20),
                Only = parsed.GetValue(only)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
                BurnProcessors = parsed.GetValue(load),
                Crew = parsed.GetValue(crew),
                FaultsPerMinute = parsed.GetValue(rate),
                Faults = Numbers(parsed.GetValue(faults)),
                ListFaults = parsed.GetValue(replay),
            },
            parsed.GetValue(shrink),
            isSeeded: parsed.GetValue(seed) is not null)));
        return command;
    }

    private static IReadOnlySet<int>? Numbers(string? text)
    {
        try
        {
            return text is null ? null : FaultPlan.ParseNumbers(text);
        }
        catch (FormatException wrong)
        {
            throw new ArgumentException(wrong.Message, wrong);
        }
    }

    private static int Run(TortureOptions options, bool shrink, bool isSeeded)
    {
        if ((options.ListFaults || shrink) && !isSeeded)
        {
            throw new ArgumentException("--replay and --shrink need the --seed of the run that failed.");
        }

        if (options.Duration <= TimeSpan.Zero || options.FaultsPerMinute <= 0 || options.Crew < 2)
        {
            throw new ArgumentException("--minutes and --faults-per-minute must be more than zero, --crew at least 2.");
        }

        if (!OperatingSystem.IsLinux())
        {
            Console.Error.WriteLine("multiproc-host: torture signals processes and reads /proc, which only Linux has.");
            return NotHere;
        }

        return shrink ? Shrinking.Run(options) : TortureRun.Run(options);
    }
}
