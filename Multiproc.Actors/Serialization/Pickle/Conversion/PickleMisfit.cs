namespace Multiproc.Serialization.Pickle;

/// <summary>Reports a value that is not of the expected type, and collects the path to it. Never leaves the conversion.</summary>
internal sealed class PickleMisfit(string what) : Exception
{
    private readonly List<string> _places = [];

    /// <summary>The complete message.</summary>
    public string Told => $"{(_places.Count == 0 ? "The message" : string.Join(" → ", Enumerable.Reverse(_places)))} {what}.";

    public void At(object? place) => _places.Add($"[{PickleNames.Shown(place)}]");
}
