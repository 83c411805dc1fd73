using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Multiproc.Benchmarks.Clusters;

/// <summary>A pool over two nodes, beside one of this machine with as many workers, in turn.</summary>
internal static class PoolComparison
{
    private const int Nodes = 2;

    public static int Run(int rounds, DirectoryInfo output)
    {
        var text = new StringBuilder();
        using (var nodes = new PoolNodes(Nodes))
        using (var near = Mp.Pool(Nodes))
        {
            var far = nodes.Pool;
            PoolRow.WarmUp(far);
            PoolRow.WarmUp(near);
            Measure(text, rounds, near, far);
            double away = far.Insights().Nodes.Average(static each => each.RoundTrip.TotalMicroseconds);
            Add(text, $"| round trip of a message to an agent, shortest of eight, mean of both | us | - | {away:0} | |");
        }

        Write(output, rounds, text);
        return 0;
    }

    private static void Measure(StringBuilder text, int rounds, ProcessPool near, ProcessPool far)
    {
        text.AppendLine("| row | unit | two workers of this process | one worker on each of two nodes | nodes to local |");
        text.AppendLine("|---|---|---:|---:|---:|");
        foreach (var row in PoolRow.All)
        {
            var (ofNear, ofFar) = (new List<double>(), new List<double>());
            for (int round = 0; round < rounds; round++)
            {
                ofNear.Add(row.Measure(near));
                ofFar.Add(row.Measure(far));
            }

            var (local, nodes) = (Medians.Of(ofNear), Medians.Of(ofFar));
            Add(text, $"| {row.Name} | {row.Unit} | {local:#,0.#} | {nodes:#,0.#} | {(row.MoreIsBetter ? nodes / local : local / nodes):0.00}x |");
        }
    }

    private static void Add(StringBuilder text, FormattableString row)
    {
        string line = FormattableString.Invariant(row);
        text.AppendLine(line);
        Console.WriteLine(line);
    }

    private static void Write(DirectoryInfo output, int rounds, StringBuilder table)
    {
        output.Create();
        string date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string file = Path.Combine(output.FullName, $"cluster-pool-{date}.md");
        File.WriteAllText(file, $"""
            # A pool over two nodes beside one of this machine, {date}

            {Machine.Processor()}, {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}.
            {RuntimeInformation.FrameworkDescription}. Medians of {rounds} rounds, in turn, after a warm-up. Load of the machine at the end: {Machine.Load()}.
            The nodes are processes of the same machine: TCP with TLS over loopback, and all processes on the same processors. A network adds its
            latency to the first row, and its bandwidth bounds the last ones.

            {table}
            """);
        Console.WriteLine($"written: {file}");
    }
}
