using System.Diagnostics;
using System.Globalization;
using System.Text;
using Multiproc.Benchmarks;

namespace Multiproc.Peers.Calls;

/// <summary>Calls and messages by each peer, in turn, round by round.</summary>
internal static class CallComparison
{
    private const int Calls = 3_000;
    private const int Messages = 100_000;
    private const string Argument = "an argument";

    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(3);
    private static readonly byte[] s_message = new byte[64];

    public static async Task RunAsync(int rounds, StringBuilder text)
    {
        var results = PeerKind.All.ToDictionary(static kind => kind, static _ => new Result());
        for (int round = 0; round < rounds; round++)
        {
            foreach (var kind in PeerKind.All)
            {
                // A process of its own each time, and alone: some of them spin.
                var peer = await kind.StartAsync().ConfigureAwait(false);
                await using (peer.ConfigureAwait(false))
                {
                    await WarmUpAsync(peer).ConfigureAwait(false);
                    await MeasureAsync(peer, results[kind]).ConfigureAwait(false);
                }
            }
        }

        var ours = results[PeerKind.All[0]];
        text.AppendLine("| | call, p50 us | p99 us | longest us | p50, of the first row | messages of 64 B per s | of the first row |");
        text.AppendLine("|---|---:|---:|---:|---:|---:|---:|");
        foreach (var (kind, result) in results)
        {
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {kind.Name} | {result.At(0.5):0.0} | {result.At(0.99):0.0} | {result.At(1):0} | {result.At(0.5) / ours.At(0.5):0.00}x | "
                    + $"{result.Rate:#,0} | {result.Rate / ours.Rate:0.00}x |"));
        }
    }

    private static async Task WarmUpAsync(IPeer peer)
    {
        for (long begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < s_warmUp;)
        {
            for (int i = 0; i < 200; i++)
            {
                if (await peer.CallAsync(Argument).ConfigureAwait(false) != Argument)
                {
                    throw new InvalidOperationException("A reply was not what was asked for.");
                }
            }

            await peer.SendAsync(s_message, 5_000).ConfigureAwait(false);
        }
    }

    private static async Task MeasureAsync(IPeer peer, Result result)
    {
        for (int i = 0; i < Calls; i++)
        {
            long begun = Stopwatch.GetTimestamp();
            await peer.CallAsync(Argument).ConfigureAwait(false);
            result.Times.Add(Stopwatch.GetElapsedTime(begun).TotalMicroseconds);
        }

        long sent = Stopwatch.GetTimestamp();
        await peer.SendAsync(s_message, Messages).ConfigureAwait(false);
        result.Rates.Add(Messages / Stopwatch.GetElapsedTime(sent).TotalSeconds);
    }

    private sealed class Result
    {
        public List<double> Times { get; } = [];

        public List<double> Rates { get; } = [];

        public double Rate => Medians.Of(Rates);

        public double At(double share) => Times.Order().ElementAt(Math.Min(Times.Count - 1, (int)(Times.Count * share)));
    }
}
