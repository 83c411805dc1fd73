namespace Multiproc.Benchmarks;

/// <summary>All rows.</summary>
internal static class Rows
{
    public static IReadOnlyList<Row> All { get; } = [.. ProcessRows.All, .. QueueRows.All, .. SynchronizationRows.All, .. MemoryRows.All, .. ManagerRows.All, .. PoolRows.All];

    public static IReadOnlyList<Row> Chosen(string[] parts) =>
        parts.Length == 0 ? All : [.. All.Where(row => parts.Any(part => row.Name.Contains(part, StringComparison.Ordinal)))];

    public static void Measure(string[] parts)
    {
        foreach (var row in Chosen(parts))
        {
            Console.WriteLine(FormattableString.Invariant($"{row.Name} {row.Measure():R} {row.Unit}"));
        }
    }
}
