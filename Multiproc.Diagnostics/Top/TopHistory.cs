namespace Multiproc.Diagnostics.Top;

/// <summary>The last values of each process, drawn as a small curve.</summary>
internal sealed class TopHistory(int length)
{
    private const string Steps = "▁▂▃▄▅▆▇█";

    private readonly Dictionary<(int Pid, TimeSpan Began), Queue<double>> _values = [];

    /// <summary>Takes the values of a sample; forgets processes that are not in it.</summary>
    public void Add(TopSample sample)
    {
        var present = sample.Rows.Select(static each => (each.Process.Pid, each.Process.Began)).ToHashSet();
        foreach (var gone in _values.Keys.Where(each => !present.Contains(each)).ToList())
        {
            _values.Remove(gone);
        }

        foreach (var row in sample.Rows)
        {
            var key = (row.Process.Pid, row.Process.Began);
            if (!_values.TryGetValue(key, out var values))
            {
                _values.Add(key, values = new Queue<double>());
            }

            values.Enqueue(row.Processors ?? 0);
            if (values.Count > length)
            {
                values.Dequeue();
            }
        }
    }

    /// <summary>A curve of a process, as high as one processor or as its highest value.</summary>
    public string CurveOf(TopRow row)
    {
        if (!_values.TryGetValue((row.Process.Pid, row.Process.Began), out var values))
        {
            return "";
        }

        double most = Math.Max(1, values.Max());
        return string.Concat(values.Select(each => Steps[(int)Math.Round(each / most * (Steps.Length - 1))]));
    }
}
