namespace Multiproc.Pool;

/// <summary>
/// Assigns tasks places in arrays, as few as there are tasks at the same time, and remembers in which order the tasks ended. It uses no user types, so that its
/// code is compiled ahead of time, while a collection of user values would be compiled at the first call.
/// </summary>
internal sealed class TaskPlaces
{
    private const int None = -1;
    private const int FirstSize = 16;

    // Chains of places whose tasks have the same remainder. Tasks are consecutive, so a chain is rarely longer than one.
    private int[] _chains = NewChains(FirstSize);
    private int[] _next = new int[FirstSize];
    private int[] _line = new int[FirstSize];
    private long[] _tasks = new long[FirstSize];
    private bool[] _ended = new bool[FirstSize];
    private int _used;
    private int _free = None;
    private int _firstEnded = None;
    private int _lastEnded = None;

    /// <summary>The upper bound of places.</summary>
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

    /// <summary>Finds the place of a task; -1 if it has none.</summary>
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

    /// <summary>Marks a task as ended.</summary>
    /// <param name="place">The place of the task.</param>
    /// <param name="inLine">Whether it joins the line of ended tasks.</param>
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

    /// <summary>Removes the task that ended first from the line, and returns its place; -1 if the line is empty.</summary>
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

    /// <summary>Doubles the number of places when all are in use.</summary>
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
