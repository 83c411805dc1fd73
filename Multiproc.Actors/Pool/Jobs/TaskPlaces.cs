namespace Multiproc.Pool;

/// <summary>
/// Gives tasks places in arrays, as few as there are tasks at once, and remembers in which order they ended. Without types of users: such code is compiled
/// ahead of time, while a collection of their values would be compiled in the first call.
/// </summary>
internal sealed class TaskPlaces
{
    private const int None = -1;
    private const int FirstSize = 16;

    // Chains of places whose task has the same remainder: tasks are consecutive, so a chain is hardly ever longer than one.
    private int[] _chains = NewChains(FirstSize);
    private int[] _next = new int[FirstSize];
    private int[] _line = new int[FirstSize];
    private long[] _tasks = new long[FirstSize];
    private bool[] _ended = new bool[FirstSize];
    private int _used;
    private int _free = None;
    private int _firstEnded = None;
    private int _lastEnded = None;

    /// <summary>Every place is below this.</summary>
    public int Capacity => _tasks.Length;

    public int Add(long task)
    {
        int place = _free;
        if (place != None)
        {
            _free = _next[place];
        }
        else
        {
            if (_used == Capacity)
            {
                Grow();
            }

            place = _used++;
        }

        _tasks[place] = task;
        _ended[place] = false;
        Link(place);
        return place;
    }

    /// <summary>The task's place; -1 when it has none.</summary>
    public int Find(long task)
    {
        int place = _chains[ChainOf(task)];
        while (place != None && _tasks[place] != task)
        {
            place = _next[place];
        }

        return place;
    }

    public bool HasEnded(int place) => _ended[place];

    /// <summary>The task has ended.</summary>
    /// <param name="place">Where it is.</param>
    /// <param name="inLine">Whether it stands in the line of those that ended.</param>
    public void End(int place, bool inLine)
    {
        _ended[place] = true;
        if (!inLine)
        {
            return;
        }

        _line[place] = None;
        if (_lastEnded == None)
        {
            _firstEnded = place;
        }
        else
        {
            _line[_lastEnded] = place;
        }

        _lastEnded = place;
    }

    /// <summary>The place of the task that ended first of those that are left, and is left no more; -1 when there is none.</summary>
    public int TakeFirstEnded()
    {
        int place = _firstEnded;
        if (place != None)
        {
            _firstEnded = _line[place];
            _lastEnded = _firstEnded == None ? None : _lastEnded;
        }

        return place;
    }

    public void Remove(int place)
    {
        ref int link = ref _chains[ChainOf(_tasks[place])];
        while (link != place)
        {
            link = ref _next[link];
        }

        link = _next[place];
        _next[place] = _free;
        _free = place;
    }

    private static int[] NewChains(int size)
    {
        int[] chains = new int[size];
        System.Array.Fill(chains, None);
        return chains;
    }

    private int ChainOf(long task) => (int)(task & (_chains.Length - 1));

    private void Link(int place)
    {
        ref int chain = ref _chains[ChainOf(_tasks[place])];
        _next[place] = chain;
        chain = place;
    }

    /// <summary>All places are in use.</summary>
    private void Grow()
    {
        int size = 2 * Capacity;
        _chains = NewChains(size);
        System.Array.Resize(ref _next, size);
        System.Array.Resize(ref _line, size);
        System.Array.Resize(ref _tasks, size);
        System.Array.Resize(ref _ended, size);
        for (int place = 0; place < _used; place++)
        {
            Link(place);
        }
    }
}
