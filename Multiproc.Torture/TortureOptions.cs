namespace Multiproc.Torture;

/// <summary>What a run is to do.</summary>
public sealed record TortureOptions
{
    /// <summary>How long faults happen; more than zero. The run takes longer: it begins with a short pass that warms up, and ends with the checks.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Of the faults and of what the loads draw.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The loads; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Whether processes beside it take all processors.</summary>
    public bool BurnProcessors { get; init; }

    /// <summary>How many processes each load has; from 2.</summary>
    public int Crew { get; init; } = 3;

    /// <summary>The mean number of faults of each load in a minute; more than zero.</summary>
    public double FaultsPerMinute { get; init; } = 20;

    /// <summary>The numbers of the faults of the plan that happen; null for all.</summary>
    public IReadOnlySet<int>? Faults { get; init; }

    /// <summary>Whether the faults are listed before they happen.</summary>
    public bool ListFaults { get; init; }

    /// <summary>The arguments with which the command does such a run.</summary>
    internal IEnumerable<string> Arguments()
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        yield return "torture";
        yield return "--minutes";
        yield return Duration.TotalMinutes.ToString("0.####", culture);
        yield return "--seed";
        yield return Seed.ToString(culture);
        yield return "--crew";
        yield return Crew.ToString(culture);
        yield return "--faults-per-minute";
        yield return FaultsPerMinute.ToString("0.##", culture);
        if (Only.Count > 0)
        {
            yield return "--only";
            yield return string.Join(',', Only);
        }

        if (Faults is { } numbers)
        {
            yield return "--faults";
            yield return Torture.Faults.FaultPlan.WriteNumbers(numbers);
        }

        if (BurnProcessors)
        {
            yield return "--load";
        }
    }
}
