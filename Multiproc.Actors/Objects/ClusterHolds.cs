using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.States;

namespace Multiproc.Objects;

/// <summary>
/// What a facade of a cluster's object holds: only that can be lost while its process lives. A release that is refused, or does not arrive, tells then that
/// the hold was lost; without a hold it is misuse. Objects of one node are not counted.
/// </summary>
internal sealed class ClusterHolds(ObjectHandle handle)
{
    private int _held;
    private LossToken? _lost;

    /// <summary>Whether the facade has acquired the object, and not released it.</summary>
    public bool IsAny => Volatile.Read(ref _held) > 0;

    /// <summary>The facade has acquired the object once more.</summary>
    public void Add(int times = 1)
    {
        if (handle.IsRelayed)
        {
            Interlocked.Add(ref _held, times);
        }
    }

    /// <summary>Releases what the facade has acquired, or what another one has.</summary>
    /// <param name="command">Makes the command; whether the facade had acquired the object is given.</param>
    /// <param name="isLost">Whether a reply says that what the facade had acquired is not held.</param>
    /// <param name="identity">The object, for error texts.</param>
    /// <returns>The reply, any but one of a loss.</returns>
    /// <exception cref="HoldLostException">It had been lost before.</exception>
    public Reply Release(Func<bool, IWireCommand> command, Func<Reply, bool> isLost, string identity)
    {
        bool wasHeld = TryRemove();
        try
        {
            var reply = handle.Ask(command(wasHeld), CancellationToken.None);
            return wasHeld && (isLost(reply) || IsLost(reply)) ? throw Lost(identity, reply.Reason) : reply;
        }
        catch (ConnectionLostException gone) when (wasHeld && gone is not HoldLostException)
        {
            throw Lost(identity, gone.Message, gone);
        }
    }

    /// <summary>Whether a reply says that the object cannot be reached any more, and with it what was held of it.</summary>
    public static bool IsLost(in Reply reply) => reply.Status is ReplyStatus.Lost or ReplyStatus.OutcomeUnknown;

    /// <summary>For conditions: the facade has released the object entirely.</summary>
    public void Clear()
    {
        Volatile.Write(ref _held, 0);
        End();
    }

    /// <summary>The facade is about to release the object.</summary>
    /// <returns>Whether it had acquired it.</returns>
    private bool TryRemove()
    {
        if (!handle.IsRelayed)
        {
            return false;
        }

        // A later hold may begin after a loss.
        Interlocked.Exchange(ref _lost, null)?.Dispose();
        while (true)
        {
            int held = Volatile.Read(ref _held);
            if (held == 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _held, held - 1, held) == held)
            {
                return true;
            }
        }
    }

    /// <summary>The error of a use after the loss.</summary>
    public static HoldLostException Lost(string identity, string? reason, Exception? cause = null) => new(
        $"{identity} was acquired by this process, and lost before it was released: {reason ?? "its node was cut off from the cluster."} Somebody else may "
        + "have had it since. Check what was done under it, and acquire it again; watch Lost to stop in time.",
        cause);

    /// <summary>The token that fires when the hold may be lost; none for objects that cannot be lost.</summary>
    /// <param name="isHeld">
    /// Asks the object whether this process holds it. First the loss is watched for, then this is asked: so it was not lost between.
    /// </param>
    /// <param name="identity">The object, for error texts.</param>
    /// <param name="isOfOtherThread">Whether another thread of this process holds it, so that it is not lost; null where holds are of no thread.</param>
    /// <exception cref="InvalidOperationException">It is not held.</exception>
    /// <exception cref="HoldLostException">It was acquired, and lost.</exception>
    public CancellationToken Watch(Func<bool> isHeld, string identity, Func<bool>? isOfOtherThread = null)
    {
        if (Volatile.Read(ref _lost) is { Token.IsCancellationRequested: false } known)
        {
            return known.Token;
        }

        var watch = handle.WatchForLoss();
        if (watch is null)
        {
            return CancellationToken.None;
        }

        if (!isHeld())
        {
            watch.Dispose();
            throw IsAny && isOfOtherThread?.Invoke() != true
                ? Lost(identity, null)
                : new InvalidOperationException($"{identity} is not held by this process, so it cannot be lost: acquire it first.");
        }

        Interlocked.Exchange(ref _lost, watch)?.Dispose();
        return watch.Token;
    }

    /// <summary>Stops watching.</summary>
    public void End() => Interlocked.Exchange(ref _lost, null)?.Dispose();
}
