namespace Multiproc.Processes.Leaving;

/// <summary>Holds the finalizers of this process that have a priority, in the order in which the end of the process runs them.</summary>
internal sealed class Finalizers
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Finalizer, Place> _places = [];
    private long _made;

    public static Finalizers Current { get; } = new();

    public void Add(Finalizer finalizer, int priority)
    {
        Departure.Prepare();
        lock (_gate)
        {
            _places.Add(finalizer, new Place(priority, ++_made));
        }
    }

    public void Remove(Finalizer finalizer)
    {
        lock (_gate)
        {
            _places.Remove(finalizer);
        }
    }

    /// <summary>Runs the finalizers of this priority and above that exist now. One that they create runs at the next call.</summary>
    public void RunFrom(int lowest)
    {
        foreach (var finalizer in InOrder(lowest))
        {
            Run(finalizer);
        }
    }

    /// <summary>Runs a finalizer that nobody waits for; an exception is written to stderr.</summary>
    public static void Run(Finalizer finalizer)
    {
        try
        {
            finalizer.Invoke();
        }
        catch (Exception failure)
        {
            UserCode.Tell($"A finalizer of {CurrentProcess.Instance.Name}", failure);
        }
    }

    private List<Finalizer> InOrder(int lowest)
    {
        lock (_gate)
        {
            return [.. _places.Where(each => each.Value.Priority >= lowest).OrderByDescending(static each => each.Value).Select(static each => each.Key)];
        }
    }

    private readonly record struct Place(int Priority, long Number) : IComparable<Place>
    {
        public int CompareTo(Place other) => (Priority, Number).CompareTo((other.Priority, other.Number));
    }
}
