using System.Diagnostics;
using System.Globalization;
using Multiproc.Processes.Warm;
using Multiproc.Torture.Crews;
using Multiproc.Torture.Faults;
using Multiproc.Torture.Loads;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture;

/// <summary>
/// Uses shared objects of all kinds in many processes while these are killed, stopped and made to fail, and judges whether the library kept its promises.
/// On this machine alone, without any port; ends by itself.
/// </summary>
public static class TortureRun
{
    private const long MostGrowth = 24L << 20;
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_tick = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan s_report = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_longestEnd = TimeSpan.FromMinutes(4);

    /// <summary>The names of the loads.</summary>
    public static IReadOnlyList<string> Loads => AllLoads.Names;

    /// <summary>Does the run.</summary>
    /// <param name="options">What to do.</param>
    /// <returns>The exit code: 0 if every promise was kept, 1 if not.</returns>
    /// <exception cref="ArgumentException">There is no load of a name.</exception>
    /// <exception cref="PlatformNotSupportedException">This is not Linux.</exception>
    public static int Run(TortureOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!OperatingSystem.IsLinux())
        {
            throw new PlatformNotSupportedException("A torture run signals processes and reads /proc, which only Linux has.");
        }

        string[] names = options.Only.Count > 0 ? [.. options.Only] : [.. AllLoads.Names];
        foreach (string name in names.Except(AllLoads.Names))
        {
            throw new ArgumentException($"There is no load '{name}'. There are: {string.Join(", ", AllLoads.Names)}.");
        }

        using var burners = options.BurnProcessors ? Burners.Start() : null;
        var plan = FaultPlan.Make(options.Seed, names, options.Duration, options.FaultsPerMinute);
        var chosen = plan.Where(fault => options.Faults?.Contains(fault.Number) != false).ToList();
        Console.WriteLine($"seed {options.Seed}, {chosen.Count} faults in {options.Duration.TotalSeconds:0} s: {string.Join(", ", names)}");
        if (options.ListFaults)
        {
            Console.WriteLine("The same faults and the same choices; not the same interleaving, which the system makes anew in each run.");
            chosen.ForEach(static fault => Console.WriteLine(fault));
        }

        var before = Mp.Options;
        var folder = Directory.CreateTempSubdirectory("multiproc-torture-");
        try
        {
            return Judged(options, names, chosen, new Complaints(Path.Combine(folder.FullName, "complaints")));
        }
        finally
        {
            Mp.Configure(before);
            folder.Delete(recursive: true);
        }
    }

    private static int Judged(TortureOptions options, string[] names, List<Fault> plan, Complaints complaints)
    {
        var begun = Stopwatch.StartNew();
        Console.Error.Write(""); // Opens a descriptor when it is first used.

        // What a program opens once is open from here on, and what it compiles once is compiled.
        var warmUp = FaultPlan.Make(~options.Seed, names, s_warmUp, options.FaultsPerMinute);
        var loads = new List<(string Name, Tally Tally)>();
        Pass(options with { Duration = s_warmUp }, names, warmUp, complaints, loads, isQuiet: true);
        var first = Settled(static seen => [.. seen.Beyond(seen with { Children = 0 })], s_settling);
        long memory = GC.GetTotalMemory(forceFullCollection: true);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Warm after {begun.Elapsed.TotalSeconds:0} s."));
        var log = Pass(options, names, plan, complaints, loads, isQuiet: false);
        var last = Settled(seen => [.. seen.Beyond(first)], s_settling);
        long grown = GC.GetTotalMemory(forceFullCollection: true) - memory;
        string[] left = [.. last.Beyond(first), .. grown > MostGrowth ? [$"{grown >> 20} MiB of managed memory"] : Array.Empty<string>()];
        return TortureReport.Write(options, loads, names.Length, complaints, left, log);
    }

    private static IReadOnlyCollection<string> Pass(
        TortureOptions options, string[] names, IReadOnlyList<Fault> plan, Complaints complaints, List<(string Name, Tally Tally)> done, bool isQuiet)
    {
        Mp.Configure(Mp.Options with { WarmHosts = new WarmHostOptions { Count = 2 } });
        var settings = new LoadSettings(options.Seed, options.Crew, complaints);
        var drivers = names.Select(name => new LoadDriver(AllLoads.Make(name, settings))).ToList();
        
        // Not the loads: with them would live what they hold.
        done.AddRange(drivers.Select(static each => (each.Load.Name, each.Load.Tally)));
        foreach (var driver in drivers.Where(static each => !each.WaitForStart(s_longestEnd)))
        {
            driver.Load.Tally.Hang("its start");
        }

        var injector = new Injector(plan, drivers.ToDictionary(static each => each.Load.Name, static each => each.Load));
        var clock = Stopwatch.StartNew();
        var next = s_report;
        while (clock.Elapsed < options.Duration)
        {
            injector.Advance(clock.Elapsed);
            if (!isQuiet && clock.Elapsed >= next)
            {
                Console.WriteLine(TortureReport.Progress(next, drivers));
                next += s_report;
            }

            Thread.CurrentThread.Join(s_tick);
        }

        injector.Finish();
        drivers.ForEach(static each => each.End());
        var end = Stopwatch.StartNew();
        foreach (var driver in drivers)
        {
            var rest = s_longestEnd - end.Elapsed;
            if (!driver.Join(rest > TimeSpan.Zero ? rest : TimeSpan.Zero))
            {
                driver.Load.Tally.Hang($"its end, {s_longestEnd.TotalSeconds:0} s after the last fault; the turn began {driver.InTurn.TotalSeconds:0} s ago");
            }
            else
            {
                driver.Load.Dispose();
            }
        }

        if (!isQuiet)
        {
            Console.WriteLine($"Checked in {end.Elapsed.TotalSeconds:0} s.");
        }

        Mp.Configure(Mp.Options with { WarmHosts = new WarmHostOptions { Count = 0 } });
        WarmHosts.Current.Drop();
        return injector.Log;
    }

    /// <summary>Waits until the system has cleared up after the dead, as long as it becomes less.</summary>
    private static Footprint Settled(Func<Footprint, string[]> look, TimeSpan bound)
    {
        for (var watch = Stopwatch.StartNew(); ;)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Thread.CurrentThread.Join(50); // The system offers no notification: poll.
            var seen = Footprint.Now();
            string[] left = look(seen);
            if (left.Length == 0)
            {
                return seen;
            }

            if (watch.Elapsed > bound)
            {
                Console.WriteLine($"After {bound.TotalSeconds:0} s there are still {string.Join("; ", left)}.");
                return seen;
            }
        }
    }
}
