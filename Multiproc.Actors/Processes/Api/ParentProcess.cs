using Multiproc.Peers;
using Multiproc.Processes;

namespace Multiproc;

/// <summary>Describes the process that started this one. Get it from <see cref="Mp.ParentProcess"/>.</summary>
public sealed class ParentProcess
{
    private readonly Peer _peer;
    private Task? _gone;

    internal ParentProcess(string name, int pid, Peer peer)
    {
        Name = name;
        Pid = pid;
        _peer = peer;
    }

    /// <summary>Gets the name that the parent had when it started this process.</summary>
    public string Name { get; }

    /// <summary>Gets the parent's process id.</summary>
    public int Pid { get; }

    /// <summary>Gets whether the parent is still running, by the state of the connection to it and not by its process id, which the system may reuse.</summary>
    public bool IsAlive => !_peer.IsLost;

    /// <summary>
    /// Gets a wait handle that is set when the parent has ended. A child process ends with its parent, so only a child on a thread sees it set.
    /// </summary>
    public WaitHandle Sentinel => ((IAsyncResult)Gone).AsyncWaitHandle;

    internal Peer Peer => _peer;

    private Task Gone => Volatile.Read(ref _gone) ?? Interlocked.CompareExchange(ref _gone, Watch(), null) ?? _gone;

    /// <summary>Waits until the parent has ended.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>True if the parent has ended, false if the timeout passed.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public bool Join(TimeSpan? timeout = null, CancellationToken cancellation = default) => Gone.Ends(timeout, cancellation);

    /// <summary>Waits asynchronously until the parent has ended.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>True if the parent has ended, false if the timeout passed.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public ValueTask<bool> JoinAsync(TimeSpan? timeout = null, CancellationToken cancellation = default) => Gone.EndsAsync(timeout, cancellation);

    private Task Watch()
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _peer.Closed += (_, _) => gone.TrySetResult();
        if (_peer.IsLost)
        {
            gone.TrySetResult();
        }

        return gone.Task;
    }
}
