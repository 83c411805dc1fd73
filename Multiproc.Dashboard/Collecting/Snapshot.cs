using System.Text.Json;
using System.Text.Json.Serialization;
using Multiproc.Processes.Views;

namespace Multiproc.Dashboard.Collecting;

/// <summary>What a browser is sent: everything, so that it may miss any number of earlier ones.</summary>
/// <param name="Time">When it was made, in milliseconds since 1970.</param>
/// <param name="IntervalSeconds">The time between two snapshots, and so between two values of a curve.</param>
/// <param name="Processors">The number of processors of this machine.</param>
/// <param name="Problem">Why nothing could be seen; null if all is well.</param>
/// <param name="Programs">The programs.</param>
internal sealed record Snapshot(long Time, double IntervalSeconds, int Processors, string? Problem, IReadOnlyList<ProgramSnapshot> Programs);

/// <summary>A program in a <see cref="Snapshot"/>.</summary>
/// <param name="Pid">Its process id.</param>
/// <param name="View">What it told last; null if it has told nothing yet.</param>
/// <param name="IsStale">Whether that is not of now, since it told nothing in time.</param>
/// <param name="Curves">The curves by name, each from the oldest value to the latest.</param>
internal sealed record ProgramSnapshot(int Pid, ProgramView? View, bool IsStale, IReadOnlyDictionary<string, double[]> Curves);

/// <summary>The form in which a <see cref="Snapshot"/> travels to a browser: JSON in one line.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Snapshot))]
internal sealed partial class SnapshotJson : JsonSerializerContext
{
    public static byte[] Write(Snapshot snapshot) => JsonSerializer.SerializeToUtf8Bytes(snapshot, Default.Snapshot);
}
