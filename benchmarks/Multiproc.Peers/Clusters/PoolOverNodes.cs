using System.Diagnostics;
using Multiproc.Benchmarks;
using Multiproc.Benchmarks.Clusters;

namespace Multiproc.Peers.Clusters;

/// <summary>Tasks that do nothing, each on its own, in a pool over two nodes.</summary>
internal static class PoolOverNodes
{
    private const int Nodes = 2;
    private const int Many = 20_000;
    private const int Few = 2_000;

    public static async Task<(double Latency, double Rate)> MeasureAsync(int rounds)
    {
        using var nodes = new PoolNodes(Nodes);
        var (latency, rate) = (new List<double>(), new List<double>());
        for (int round = -1; round < rounds; round++)
        {
            long begun = Stopwatch.GetTimestamp();
            for (int i = 0; i < Few; i++)
            {
                await nodes.Pool.ApplyAsync(Noop, i);
            }

            double each = Stopwatch.GetElapsedTime(begun).TotalMilliseconds / Few;
            begun = Stopwatch.GetTimestamp();
            await nodes.Pool.MapAsync(Noop, Enumerable.Range(0, Many), chunkSize: 1);
            if (round >= 0)
            {
                latency.Add(each);
                rate.Add(Many / Stopwatch.GetElapsedTime(begun).TotalSeconds);
            }
        }

        return (Medians.Of(latency), Medians.Of(rate));
    }

    private static int Noop(int number) => number;
}
