namespace Multiproc;

/// <summary>How <see cref="Mp.ActorOf"/> starts an actor in a process of its own.</summary>
public sealed record ActorOptions
{
    /// <summary>Gets the name of the actor under <c>/user</c>; null (the default) for one that Akka chooses.</summary>
    public string? Name { get; init; }

    /// <summary>Gets the limits and environment of the process; null (the default) for those of this process.</summary>
    public ProcessOptions? Process { get; init; }
}
