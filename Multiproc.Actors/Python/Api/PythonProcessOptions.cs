namespace Multiproc;

/// <summary>Says how a Python process is started.</summary>
public sealed record PythonProcessOptions
{
    /// <summary>Gets the interpreter: a name on the PATH, or a path. Default "python3". CPython 3.8 or later.</summary>
    public string Interpreter { get; init; } = "python3";

    /// <summary>
    /// Gets the server through which the process reaches objects of a manager, made by <see cref="SyncManager.ServePython"/>. Needed when there are facades in
    /// the arguments: they arrive as proxies of Python. Default none.
    /// </summary>
    public PythonManagerServer? Server { get; init; }

    /// <summary>Gets the classes of Python that are types here, besides those that are registered with the server. Default none.</summary>
    public PythonTypes? Types { get; init; }

    /// <summary>Gets the folder that the process runs in, where modules are found too. Default that of this process.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Gets variables of the environment besides those of this process; null as a value removes one. Default none.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Gets how long the interpreter may take to start and to connect. More than zero, default 30 s.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <exception cref="ArgumentOutOfRangeException"><see cref="StartTimeout"/> is not more than zero.</exception>
    internal void Validate() => WaitTimeout.RequireSomeTime(StartTimeout);
}
