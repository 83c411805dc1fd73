namespace Multiproc;

/// <summary>Sets time limits for managers. A time of <see cref="Timeout.InfiniteTimeSpan"/> means no limit.</summary>
public sealed record ManagerOptions
{
    /// <summary>How long the server process has to become ready after its start. More than zero, default 60 s.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the server process has to end after a shutdown request; then it is killed. From zero, default 1 s.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long an object lives on after the last process has released it, since a proxy may be on its way to another process. More than zero, default
    /// 10 s. A longer time suits proxies that wait in pipes; a shorter one frees memory sooner.
    /// </summary>
    public TimeSpan ReferenceLease { get; init; } = TimeSpan.FromSeconds(10);

    internal void Validate()
    {
        WaitTimeout.RequireSomeTime(StartTimeout);
        WaitTimeout.RequireTime(ShutdownTimeout);
        WaitTimeout.RequireSomeTime(ReferenceLease);
    }
}
