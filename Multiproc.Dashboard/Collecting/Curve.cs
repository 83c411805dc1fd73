namespace Multiproc.Dashboard.Collecting;

/// <summary>The last values of something, the oldest first. When it is full, each new value takes the place of the oldest.</summary>
internal sealed class Curve(int most)
{
    private readonly double[] _values = new double[most];
    private int _next;
    private int _count;

    /// <summary>The number of the look that added the last value, so that curves of what is gone are found.</summary>
    public long LastLook { get; private set; }

    public void Add(double value, long look)
    {
        _values[_next] = Math.Round(value, 2);
        _next = (_next + 1) % _values.Length;
        _count = Math.Min(_count + 1, _values.Length);
        LastLook = look;
    }

    public double[] ToArray()
    {
        double[] values = new double[_count];
        int first = (_next - _count + _values.Length) % _values.Length;
        for (int i = 0; i < _count; i++)
        {
            values[i] = _values[(first + i) % _values.Length];
        }

        return values;
    }
}
