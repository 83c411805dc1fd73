namespace Multiproc.Benchmarks;

/// <summary>All rows.</summary>
internal static class Rows
{
    public static IReadOnlyList<Row> All { get; } =
    [
        .. ProcessRows.All, .. QueueRows.All, .. SynchronizationRows.All, .. ConnectionRows.All, .. MemoryRows.All, .. CopyRows.All, .. ManagerRows.All,
        .. PoolRows.All, .. ColdRows.All, .. ReadWriteRows.All, .. NewerObjects.NewerRows.All,
    ];

    public static IReadOnlyList<Row> Chosen(string[] parts) =>
        parts.Length == 0 ? All : [.. All.Where(row => parts.Any(part => IsMeant(row.Name, part)))];

    /// <summary>Selects rows: a complete name selects that row alone, a part of a name every row that contains it.</summary>
    private static bool IsMeant(string row, string part) =>
        row == part || (row.Contains(part, StringComparison.Ordinal) && !All.Any(each => each.Name == part));

    public static void Measure(string[] parts)
    {
        foreach (var row in Chosen(parts))
        {
            Console.WriteLine(FormattableString.Invariant($"{row.Name} {row.Measure():R} {row.Unit}"));
        }
    }
}
