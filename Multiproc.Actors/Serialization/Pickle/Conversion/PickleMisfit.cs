namespace Multiproc.Serialization.Pickle;

/// <summary>A value that is not what was asked for, and on its way up the places that lead to it. Never leaves the conversion.</summary>
internal sealed class PickleMisfit(string what) : Exception
{
    private readonly List<string> _places = [];

    /// <summary>The whole sentence.</summary>
    public string Told => $"{(_places.Count == 0 ? "The message" : string.Join(" → ", Enumerable.Reverse(_places)))} {what}.";

    public void At(object? place) => _places.Add($"[{PickleNames.Shown(place)}]");
}
