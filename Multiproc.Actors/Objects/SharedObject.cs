using System.Diagnostics;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc;

/// <summary>
/// A facade of an object that several processes share. It can be sent anywhere - as an argument, in a queue, inside another
/// shared object - and arrives as a facade of the same object. The object lives in the process that made it (its node).
/// </summary>
/// <remarks>Disposing the facade in the node ends the object for everybody; elsewhere it only lets go of it. For every timeout null and <see cref="Timeout.InfiniteTimeSpan"/> mean for ever, and
/// zero and other negative times mean not to wait. A token that has fired before a call throws <see cref="OperationCanceledException"/>, also when the call would not wait.</remarks>
public abstract class SharedObject : IDisposable, IAsyncDisposable, ISelfCoded
{
    private protected SharedObject(ObjectHandle handle)
    {
        Handle = handle;
        handle.Facade = GetType();
    }

    internal ObjectHandle Handle { get; }

    /// <summary>The name of this type of object in messages.</summary>
    private protected abstract string Kind { get; }

    /// <summary>Ends the object when this process made it; otherwise lets go of it. May be called again.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The same as <see cref="Dispose()"/>; never waits.</summary>
    /// <returns>A finished task.</returns>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Names the type of object and where it lives.</summary>
    /// <returns>For example "SharedQueue (object 7 of process 4711)".</returns>
    public override string ToString() => Identity;

    /// <summary>Whether another facade is of the same object: identity, not content.</summary>
    /// <param name="obj">The other facade.</param>
    /// <returns>True for a facade of the same type and object, wherever the two were made or received.</returns>
    public sealed override bool Equals(object? obj) => obj is SharedObject other && other.GetType() == GetType() && other.Handle.IsSameObject(Handle);

    /// <summary>Agrees with <see cref="Equals(object)"/>.</summary>
    /// <returns>A number that is the same for all facades of an object, in one process.</returns>
    public sealed override int GetHashCode() => Handle.IdentityHash;

    /// <summary>The type of object and where it lives: asks nobody, so it is fit for messages.</summary>
    internal string Identity => $"{Kind} ({Handle})";

    void ISelfCoded.WriteTo(WireWriter writer) => WriteTo(writer);

    private protected virtual void WriteTo(WireWriter writer) => Handle.WriteTo(writer);

    private protected virtual void Dispose(bool disposing) => Handle.Dispose();

    /// <summary>
    /// Makes the way to the object ready within the caller's bound: a connection to its node, and the mapping of its cell. A node that is stopped gives neither.
    /// </summary>
    /// <param name="timeout">The caller's; what is left of it afterwards.</param>
    /// <param name="cancellation">The caller's.</param>
    /// <returns>False when the time is over.</returns>
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
            // Not zero: that would be another kind of call.
            var left = timeout.Less(Stopwatch.GetElapsedTime(begun));
            timeout = left.MayWait ? left : WaitTimeout.OfTicks(1);
        }

        return true;
    }

    /// <summary>The same without a blocked thread.</summary>
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

    /// <summary>Asks and waits; gives only answers that the facade must tell apart: Ok, TimedOut.</summary>
    private protected Reply Ask(IWireCommand command, CancellationToken cancellation) =>
        Check(Handle.Ask(command, cancellation), cancellation);

    private protected async ValueTask<Reply> AskAsync(IWireCommand command, CancellationToken cancellation) =>
        Check(await Handle.AskAsync(command, cancellation).ConfigureAwait(false), cancellation);

    private protected Reply Check(Reply reply, CancellationToken cancellation) => reply.Status switch
    {
        ReplyStatus.Ok or ReplyStatus.TimedOut => reply,
        ReplyStatus.Cancelled => throw new OperationCanceledException($"Waiting for {Identity} was cancelled.", cancellation),
        ReplyStatus.Refused => throw new InvalidOperationException($"{Identity}: {reply.Reason}"),
        ReplyStatus.ObjectGone => throw new ObjectDisposedException(Identity, "Its home has disposed it."),
        ReplyStatus.TooLarge => throw new SerializationException($"{Identity}: {reply.Reason}"),
        _ => throw new SerializationException($"{Identity} could not read the command: {reply.Reason}"),
    };
}
