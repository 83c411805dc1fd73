using Multiproc.Peers;
using Multiproc.Processes.Warm;

namespace Multiproc.Processes;

/// <summary>Chooses where a child runs: in a new process, a warm process, or on a thread.</summary>
internal static class ChildSessions
{
    /// <param name="method">The start method.</param>
    /// <param name="host">The command line of the host; null for this program's own.</param>
    /// <param name="options">What the process must have.</param>
    /// <param name="bind">Binds services before the first message is read.</param>
    /// <exception cref="ProcessStartException">The system could not start a host.</exception>
    public static ChildSession Begin(StartMethod method, HostCommand? host, SpawnOptions options, Action<Peer>? bind)
    {
        FrozenApp.RequireBound();
        if (method == StartMethod.ForkServer && host is null && options.Process?.NeedsFreshProcess is not true && !MustInheritFolder(options)
                && WarmHosts.Current.Take() is { } warm)
        {
            bind?.Invoke(warm.Process.Peer);
            return warm;
        }

        return method == StartMethod.InProcess ? ChildSession.BeginInProcess(bind) : BeginFresh(host, options, bind);
    }

    /// <summary>Whether the child must inherit the working folder: a warm process has another one, and cannot enter one that is gone.</summary>
    private static bool MustInheritFolder(SpawnOptions options) =>
        options.Process?.WorkingDirectory is null && WorkingFolder.Current == WorkingFolder.Inherited;

    /// <summary>Starts a new process, not a warm one.</summary>
    /// <exception cref="ProcessStartException">The system could not start a host.</exception>
    public static ChildSession BeginFresh(HostCommand? host, SpawnOptions options, Action<Peer>? bind) =>
        ChildSession.Begin(Spawner.Current, host ?? HostCommand.Current, options, bind);
}
