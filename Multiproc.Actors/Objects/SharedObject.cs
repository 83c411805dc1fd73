using System.Diagnostics;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc;

/// <summary>
/// A facade of an object that several processes share. It can be sent to any process - as an argument, in a queue, inside another shared object - and
/// arrives there as a facade of the same object. The object itself lives in the process that created it, its node.
/// </summary>
/// <remarks>
/// Disposing a facade in the node ends the object for every process; disposing it elsewhere only releases that facade. For every timeout, null and
/// <see cref="Timeout.InfiniteTimeSpan"/> wait forever, while zero and all other negative values do not wait. A cancellation token that is already cancelled
/// makes a call throw <see cref="OperationCanceledException"/>, even a call that would not have waited.
/// </remarks>
public abstract class SharedObject : IDisposable, IAsyncDisposable, ISelfCoded
{
    private protected SharedObject(ObjectHandle handle)
    {
        Handle = handle;
        handle.Facade = GetType();
    }

    internal ObjectHandle Handle { get; }

    /// <summary>The name of the object type in error texts and in <see cref="ToString"/>.</summary>
    private protected abstract string Kind { get; }

    /// <summary>Ends the object if this process created it; otherwise only releases this facade. Can be called more than once.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the object if this process created it; otherwise only releases this facade. Completes synchronously.</summary>
    /// <returns>A completed task.</returns>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Returns the type of the object and the process that it lives in.</summary>
    /// <returns>For example "SharedQueue (object 7 of process 4711)".</returns>
    public override string ToString() => Identity;

    /// <summary>Compares by identity: tells whether another facade refers to the same object. Contents are not compared.</summary>
    /// <param name="obj">The other facade.</param>
    /// <returns>True for a facade of the same type and the same object, wherever the two were created or received.</returns>
    public sealed override bool Equals(object? obj) => obj is SharedObject other && other.GetType() == GetType() && other.Handle.IsSameObject(Handle);

    /// <summary>Returns a hash code of the object's identity, consistent with <see cref="Equals(object)"/>.</summary>
    /// <returns>A number that all facades of the object have in common within one process.</returns>
    public sealed override int GetHashCode() => Handle.IdentityHash;

    /// <summary>The type of the object and the process that it lives in. Sends no message, so error texts can use it at any time.</summary>
    internal string Identity => $"{Kind} ({Handle})";

    void ISelfCoded.WriteTo(WireWriter writer) => WriteTo(writer);

    private protected virtual void WriteTo(WireWriter writer) => Handle.WriteTo(writer);

    private protected virtual void Dispose(bool disposing) => Handle.Dispose();

    /// <summary>Serializes a value to be put into the object: one that a cluster owns keeps it for longer than any process lives.</summary>
    private protected Payload Pack<T>(T value) => Handle.IsRelayed ? Serializer.PackToOutlive(value) : Serializer.Pack(value);

    /// <summary>
    /// Connects to the object's node and maps its cell, within the caller's time limit: a stopped node answers neither request.
    /// </summary>
    /// <param name="timeout">The caller's timeout; on return, what is left of it.</param>
    /// <param name="cancellation">The caller's token.</param>
    /// <returns>False when the timeout has passed.</returns>
    private protected bool TryReach(ref WaitTimeout timeout, CancellationToken cancellation)
    {
        if (Handle.IsLocal || (timeout.IsInfinite && !cancellation.CanBeCanceled))
        {
            return true;
        }

        long begun = Stopwatch.GetTimestamp();
        var limit = Handle.LimitFor(timeout, cancellation);
        using (limit.Enter())
        {
            try
            {
                Touch();
            }
            catch (MultiprocTimeoutException passed) when (passed.IsOfLimit && limit.IsTimed)
            {
                return false;
            }
        }

        if (limit.IsTimed)
        {
            // Never zero: zero means a call that does not wait.
            var left = timeout.Less(Stopwatch.GetElapsedTime(begun));
            timeout = left.MayWait ? left : WaitTimeout.OfTicks(1);
        }

        return true;
    }

    /// <summary>The asynchronous form of <see cref="TryReach"/>: blocks a thread of its own, not the caller's.</summary>
    private protected ValueTask<(bool Reached, WaitTimeout Left)> ReachAsync(WaitTimeout timeout, CancellationToken cancellation)
    {
        if (Handle.IsLocal)
        {
            return ValueTask.FromResult((true, timeout));
        }

        return new ValueTask<(bool, WaitTimeout)>(Task.Factory.StartNew(
            () =>
            {
                if (timeout.IsInfinite && !cancellation.CanBeCanceled)
                {
                    Touch();
                }

                var left = timeout;
                return (TryReach(ref left, cancellation), left);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default));
    }

    /// <summary>Uses the object's cell for the first time, or connects to its node where the cell cannot be mapped.</summary>
    private protected virtual void Touch()
    {
    }

    /// <summary>Sends a command and waits. Returns only the replies that a facade must tell apart, Ok and TimedOut; throws for all others.</summary>
    private protected Reply Ask(IWireCommand command, CancellationToken cancellation) =>
        Check(Handle.Ask(command, cancellation), cancellation);

    private protected async ValueTask<Reply> AskAsync(IWireCommand command, CancellationToken cancellation) =>
        Check(await Handle.AskAsync(command, cancellation).ConfigureAwait(false), cancellation);

    private protected Reply Check(Reply reply, CancellationToken cancellation) => reply.Status switch
    {
        ReplyStatus.Ok or ReplyStatus.TimedOut => reply,
        ReplyStatus.Cancelled => throw new OperationCanceledException($"Waiting for {Identity} was cancelled.", cancellation),
        ReplyStatus.Refused => throw new InvalidOperationException($"{Identity}: {reply.Reason}"),
        ReplyStatus.ObjectGone => throw new ObjectDisposedException(Identity, reply.Reason ?? "Its node has disposed it."),
        ReplyStatus.TooLarge => throw new SerializationException($"{Identity}: {reply.Reason}"),
        ReplyStatus.Lost => throw new ConnectionLostException($"{Identity}: {reply.Reason}"),
        ReplyStatus.OutcomeUnknown => throw new OutcomeUnknownException($"{Identity}: {reply.Reason}"),
        _ => throw new SerializationException($"{Identity} could not read the command: {reply.Reason}"),
    };
}
