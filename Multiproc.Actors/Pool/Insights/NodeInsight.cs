using System.Globalization;

namespace Multiproc;

/// <summary>Reports what a pool over nodes knows about one of them. See <see cref="PoolInsights.Nodes"/>.</summary>
/// <param name="Node">The node, as "host:port".</param>
/// <param name="Workers">The number of its workers.</param>
/// <param name="RoundTrip">How long a message takes to the node and back; zero for the node of this process.</param>
/// <param name="Tasks">The number of tasks that its current workers have completed.</param>
/// <param name="BytesSent">How many bytes of messages were sent to it.</param>
/// <param name="BytesSpared">How many bytes of large arguments were not sent, because the node had them already.</param>
/// <param name="State">"used", "connecting", "leaving" or "refused".</param>
/// <param name="Problem">Why the node is not used; null if it is.</param>
public sealed record NodeInsight(
    string Node, int Workers, TimeSpan RoundTrip, long Tasks, long BytesSent, long BytesSpared, string State, string? Problem)
{
    /// <summary>Formats one line of a report.</summary>
    /// <returns>For example "10.0.0.2:4053: used, 2 workers, 100 tasks, 0.2 ms away; 12 MiB sent, 80 MiB spared".</returns>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Node}: {State}, {Workers} workers, {Tasks} tasks, {RoundTrip.TotalMilliseconds:0.0} ms away; {BytesSent / 1048576.0:0.#} MiB sent, ")
        + string.Create(CultureInfo.InvariantCulture, $"{BytesSpared / 1048576.0:0.#} MiB spared{(Problem is null ? "" : $"; {Problem}")}");
}
