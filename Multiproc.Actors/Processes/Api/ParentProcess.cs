using Multiproc.Peers;
using Multiproc.Processes;

namespace Multiproc;

/// <summary>The process that started this one, as its child sees it.</summary>
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

    /// <summary>The parent's name when it started this process.</summary>
    public string Name { get; }

    /// <summary>The parent's process id.</summary>
    public int Pid { get; }

    /// <summary>Whether the parent still runs; told by the connection to it, not by its reusable pid.</summary>
    public bool IsAlive => !_peer.IsLost;

    /// <summary>A handle that is set when the parent has ended. A process of its own is ended then too: only a child on a thread sees it.</summary>
    public WaitHandle Sentinel => ((IAsyncResult)Gone).AsyncWaitHandle;

    internal Peer Peer => _peer;

    private Task Gone => Volatile.Read(ref _gone) ?? Interlocked.CompareExchange(ref _gone, Watch(), null) ?? _gone;

    /// <summary>Waits until the parent has ended.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when the time ran out.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> fired.</exception>
    public bool Join(TimeSpan? timeout = null, CancellationToken cancellation = default) => Gone.Ends(timeout, cancellation);

    /// <summary>As <see cref="Join"/>, without holding a thread.</summary>
    /// <param name="timeout">How long to wait; null (the default) for ever, zero not at all.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <returns>False when the time ran out.</returns>
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
