using System.Globalization;
using Multiproc.Processes.Views;

namespace Multiproc.Dashboard.Collecting;

/// <summary>What a program told, as curves. Pure: the time is in each view.</summary>
/// <param name="most">The number of values that a curve keeps.</param>
internal sealed class ProgramHistory(int most)
{
    /// <summary>The largest number of curves of a program: what has none is shown by its present value.</summary>
    public const int MostCurves = 1500;

    private readonly Dictionary<string, Curve> _curves = new(StringComparer.Ordinal);
    private Dictionary<string, double> _totals = new(StringComparer.Ordinal);
    private Dictionary<string, double> _totalsNow = new(StringComparer.Ordinal);
    private long? _before;
    private double _seconds;
    private long _look;

    /// <summary>The last view; null before the first.</summary>
    public ProgramView? View { get; private set; }

    /// <summary>Adds a view. Curves of what is not in it end.</summary>
    public void Add(ProgramView view)
    {
        View = view;
        _look++;
        _seconds = _before is { } before ? (view.Milliseconds - before) / 1000.0 : 0;
        _before = view.Milliseconds;
        _totalsNow = new(StringComparer.Ordinal);
        foreach (var process in view.Processes)
        {
            Rate($"cpu:{process.Pid}", process.ProcessorSeconds * 100);
            Level($"memory:{process.Pid}", process.MemoryBytes / 1048576.0);
        }

        foreach (var pool in view.Pools)
        {
            Rate(string.Create(CultureInfo.InvariantCulture, $"pool:{pool.Pid}/{pool.Number}"), pool.Done);
            foreach (var worker in pool.Workers.Where(static each => each.Node.Length == 0 && each.Pid != 0))
            {
                Rate($"tasks:{worker.Pid}", worker.Tasks);
            }
        }

        foreach (var item in view.Objects)
        {
            if (item.Counts.TryGetValue("items", out long items))
            {
                Level($"items:{item.Pid}/{item.Id}", items);
            }
        }

        foreach (var item in view.Cluster?.Objects ?? [])
        {
            if (item.Counts.TryGetValue("items", out long items))
            {
                Level($"cluster:{item.Name}", items);
            }
        }

        Forget();
    }

    /// <summary>
    /// The curves by name: <c>cpu:PID</c> in percent of a processor, <c>memory:PID</c> in MiB, <c>tasks:PID</c> and <c>pool:PID/NUMBER</c> per second,
    /// <c>items:PID/ID</c> and <c>cluster:NAME</c>.
    /// </summary>
    public IReadOnlyDictionary<string, double[]> Curves() => _curves.ToDictionary(static each => each.Key, static each => each.Value.ToArray());

    private void Level(string name, double value)
    {
        if (!_curves.TryGetValue(name, out var curve))
        {
            if (_curves.Count >= MostCurves)
            {
                return;
            }

            _curves.Add(name, curve = new Curve(most));
        }

        curve.Add(value, _look);
    }

    /// <summary>Adds what a growing total has grown by, per second. The first view of it gives no rate.</summary>
    private void Rate(string name, double total)
    {
        _totalsNow[name] = total;
        if (_totals.TryGetValue(name, out double before) && _seconds > 0)
        {
            // A total that has shrunk is another one: of a process that got the same number.
            Level(name, Math.Max(0, (total - before) / _seconds));
        }
    }

    private void Forget()
    {
        foreach (var (name, _) in _curves.Where(each => each.Value.LastLook != _look).ToList())
        {
            _curves.Remove(name);
        }

        _totals = _totalsNow;
    }
}
