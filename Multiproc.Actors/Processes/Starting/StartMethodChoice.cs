namespace Multiproc.Processes;

/// <summary>The start method of a context: fixed, or, for the program's default context, chosen once, by a call or by its first use.</summary>
internal sealed class StartMethodChoice
{
    private readonly Lock _gate = new();
    private readonly bool _isFixed;
    private StartMethod? _method;

    /// <summary>Creates a choice that is still open.</summary>
    public StartMethodChoice()
    {
    }

    /// <summary>Creates a choice that is fixed.</summary>
    public StartMethodChoice(StartMethod method)
    {
        _method = method;
        _isFixed = true;
    }

    /// <summary>The choice of the program, used by the static methods of Mp and by subclasses of ChildProcess.</summary>
    public static StartMethodChoice Program { get; } = new();

    public bool IsFixed => _isFixed;

    /// <summary>The start method chosen so far; null if there is none.</summary>
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

    /// <summary>Gets the start method and fixes it; the default if none was chosen.</summary>
    public StartMethod Use()
    {
        lock (_gate)
        {
            return _method ??= StartMethods.Known[0];
        }
    }

    /// <param name="method">The start method; null makes the choice open again.</param>
    /// <param name="force">Whether to change a start method that was chosen or used before.</param>
    /// <exception cref="ArgumentException">The choice is fixed.</exception>
    /// <exception cref="InvalidOperationException">The start method was chosen or used before.</exception>
    public void Choose(StartMethod? method, bool force)
    {
        if (_isFixed)
        {
            throw new ArgumentException($"The start method of the {_method} context cannot be changed: call Mp.SetStartMethod, or get another "
                + "context.", nameof(method));
        }

        lock (_gate)
        {
            if (_method is not null && !force)
            {
                throw new InvalidOperationException($"The start method has already been set or used: it is {_method}. Set it before anything else, or pass "
                    + "force: true.");
            }

            _method = method;
        }
    }

    public override string ToString() => SoFar?.ToString() ?? "not chosen yet";
}
