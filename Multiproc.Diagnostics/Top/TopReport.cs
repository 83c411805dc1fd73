using System.Globalization;
using System.Text;
using System.Text.Json;
using Spectre.Console;

namespace Multiproc.Diagnostics.Top;

/// <summary>Draws a sample as a table, as text or as JSON.</summary>
internal static class TopReport
{
    private const int NameColumns = 32;
    private const double MegaByte = 1 << 20;

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>One object on one line.</summary>
    public static string Json(TopSample sample) => JsonSerializer.Serialize(
        new
        {
            UptimeSeconds = sample.Now.TotalSeconds,
            Processes = sample.Rows.Select(row => new
            {
                row.Process.Pid,
                row.Process.Parent,
                Name = row.Process.Label,
                IsChild = row.Depth > 0,
                row.Processors,
                ProcessorSeconds = row.Process.Processor.TotalSeconds,
                MemoryBytes = row.Process.Memory,
                row.Process.Threads,
                RunningSeconds = (sample.Now - row.Process.Began).TotalSeconds,
            }),
        },
        s_json) + "\n";

    public static string Text(TopSample sample)
    {
        if (sample.Rows.Count == 0)
        {
            return NothingRuns + "\n";
        }

        var text = new StringBuilder($"{"PROGRAM",-NameColumns} {"PID",8} {"CPU %",7} {"MEMORY",10} {"THREADS",8} {"RUNNING",12}\n");
        foreach (var row in sample.Rows)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{Name(row),-NameColumns} {row.Process.Pid,8} {Percent(row),7} {Memory(row),10} {row.Process.Threads,8} {Age(row, sample),12}\n");
        }

        return text.ToString();
    }

    /// <summary>The table on a terminal, with the curves of the history.</summary>
    public static Table Table(TopSample sample, TopHistory history)
    {
        var table = new Table().Border(TableBorder.Rounded).Expand();
        table.Title = new TableTitle(Summary(sample));
        table.Caption = new TableTitle("q or Ctrl+C ends; multiproc-host stack PID shows what a process does");
        table.AddColumn("program");
        foreach (string name in (string[])["pid", "CPU %", "memory", "threads", "running"])
        {
            table.AddColumn(new TableColumn(name).RightAligned());
        }

        table.AddColumn("CPU");
        foreach (var row in sample.Rows)
        {
            table.AddRow(
                new Text(Name(row), row.Depth == 0 ? new Style(decoration: Decoration.Bold) : Style.Plain),
                new Text($"{row.Process.Pid}"), new Text(Percent(row), Heat(row)), new Text(Memory(row)), new Text($"{row.Process.Threads}"),
                new Text(Age(row, sample)), new Text(history.CurveOf(row), Heat(row)));
        }

        if (sample.Rows.Count == 0)
        {
            table.AddRow(new Text(NothingRuns));
        }

        return table;
    }

    private const string NothingRuns = "No program of this user has processes of Multiproc.";

    private static string Summary(TopSample sample) => string.Create(
        CultureInfo.InvariantCulture,
        $"{sample.Rows.Count(static each => each.Depth == 0)} programs, {sample.Rows.Count(static each => each.Depth > 0)} children: "
            + $"{sample.Rows.Sum(static each => each.Processors ?? 0) * 100:0} % CPU of {Environment.ProcessorCount * 100}, "
            + $"{sample.Rows.Sum(static each => each.Process.Memory) / MegaByte:0} MB");

    private static string Name(TopRow row)
    {
        string name = new string(' ', 2 * row.Depth) + row.Process.Label;
        return name.Length <= NameColumns ? name : $"{name.AsSpan(0, NameColumns - 1)}…";
    }

    private static string Percent(TopRow row) => row.Processors is { } used ? (used * 100).ToString("0", CultureInfo.InvariantCulture) : "";

    private static string Memory(TopRow row) => string.Create(CultureInfo.InvariantCulture, $"{row.Process.Memory / MegaByte:0.0} MB");

    private static string Age(TopRow row, TopSample sample) =>
        (sample.Now - row.Process.Began).ToString(@"d\.hh\:mm\:ss", CultureInfo.InvariantCulture);

    private static Style Heat(TopRow row) => row.Processors switch
    {
        > 0.8 => new Style(Color.Red),
        > 0.3 => new Style(Color.Yellow),
        _ => Style.Plain,
    };
}
