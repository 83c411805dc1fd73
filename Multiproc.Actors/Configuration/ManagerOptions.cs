using Multiproc.States;

namespace Multiproc;

/// <summary>The settings of managers. A time that is <see cref="Timeout.InfiniteTimeSpan"/> has no end.</summary>
public sealed record ManagerOptions
{
    /// <summary>How long a server has to become ready after its start. More than zero, default 60 s.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a server has to end after it was told to; then it is killed. From zero, default 1 s.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long an object lives on after the last process has let go of it, since a proxy may be on its way to another. More than zero, default
    /// 10 s. Longer suits proxies that wait in pipes, shorter frees memory sooner.
    /// </summary>
    public TimeSpan ReferenceLease { get; init; } = TimeSpan.FromSeconds(10);

    internal void Validate()
    {
        WaitTimeout.RequireSomeTime(StartTimeout);
        WaitTimeout.RequireTime(ShutdownTimeout);
        WaitTimeout.RequireSomeTime(ReferenceLease);
    }
}
