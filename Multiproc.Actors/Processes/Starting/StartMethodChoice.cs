namespace Multiproc.Processes;

/// <summary>The start method of a context: that of one method has it for good, the program's own is chosen once, or by its first use.</summary>
internal sealed class StartMethodChoice
{
    private readonly Lock _gate = new();
    private readonly bool _isFixed;
    private StartMethod? _method;

    /// <summary>Not chosen yet.</summary>
    public StartMethodChoice()
    {
    }

    /// <summary>Chosen for good.</summary>
    public StartMethodChoice(StartMethod method)
    {
        _method = method;
        _isFixed = true;
    }

    /// <summary>The choice of the program: what the static methods of Mp and subclasses of ChildProcess go by.</summary>
    public static StartMethodChoice Program { get; } = new();

    public bool IsFixed => _isFixed;

    /// <summary>The method so far; null when there is none.</summary>
    public StartMethod? SoFar
    {
        get
        {
            lock (_gate)
            {
                return _method;
            }
        }
    }

    /// <summary>The method from now on.</summary>
    public StartMethod Use()
    {
        lock (_gate)
        {
            return _method ??= StartMethods.Known[0];
        }
    }

    /// <param name="method">Null takes the choice back.</param>
    /// <param name="force">Whether it may have been chosen or used before.</param>
    /// <exception cref="ArgumentException">It is chosen for good.</exception>
    /// <exception cref="InvalidOperationException">It was chosen or used before.</exception>
    public void Choose(StartMethod? method, bool force)
    {
        if (_isFixed)
        {
            throw new ArgumentException($"The start method of the context of {_method} cannot be changed: call Mp.SetStartMethod, or get another context.", nameof(method));
        }

        lock (_gate)
        {
            if (_method is not null && !force)
            {
                throw new InvalidOperationException($"The start method has been set already, or used: it is {_method}. Set it first of all, or force it.");
            }

            _method = method;
        }
    }

    public override string ToString() => SoFar?.ToString() ?? "not chosen yet";
}
