namespace Multiproc.Processes;

/// <summary>Parses and validates start methods.</summary>
internal static class StartMethods
{
    /// <summary>The default first.</summary>
    public static IReadOnlyList<StartMethod> Known { get; } = [StartMethod.Spawn, StartMethod.ForkServer, StartMethod.InProcess];

    /// <exception cref="ArgumentException">There is no such start method, or .NET cannot support it.</exception>
    public static StartMethod Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name switch
        {
            "spawn" => StartMethod.Spawn,
            "forkserver" => StartMethod.ForkServer,
            "inprocess" => StartMethod.InProcess,
            "fork" => Checked(StartMethod.Fork),
            _ => throw new ArgumentException($"Unknown start method '{name}': the known ones are 'spawn', 'forkserver' and 'inprocess'.", nameof(name)),
        };
    }

    /// <exception cref="ArgumentException">.NET cannot support the start method.</exception>
    public static StartMethod Checked(StartMethod method) => method switch
    {
        StartMethod.Fork => throw new ArgumentException(
            "The start method 'fork' does not exist in .NET: a forked copy of the runtime would lack the threads of its garbage collector and compiler. "
            + "Use StartMethod.ForkServer, which uses processes that are already running, or StartMethod.Spawn.",
            nameof(method)),
        StartMethod.Spawn or StartMethod.ForkServer or StartMethod.InProcess => method,
        _ => throw new ArgumentException($"Unknown start method {method}: the known ones are Spawn, ForkServer and InProcess.", nameof(method)),
    };
}
