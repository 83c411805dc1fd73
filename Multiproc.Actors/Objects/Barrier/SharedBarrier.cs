using System.Diagnostics;
using Multiproc.Objects;
using Multiproc.Objects.Barriers;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc;

/// <summary>
/// A barrier that processes share: a fixed number of parties, processes or threads, wait for each other, round by round. When a party dies, times out or fails,
/// the barrier breaks and every party gets <see cref="BrokenBarrierException"/>, so that none waits forever.
/// </summary>
/// <example>
/// <code>
/// using var rounds = Mp.Barrier(3, action: () => Console.WriteLine("all three are here"));
/// int index = rounds.Wait();
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class SharedBarrier : SharedObject, ISelfCoded<SharedBarrier>
{
    private readonly BarrierAction? _action;
    private readonly WaitTimeout _timeout;
    private CellAccess<BarrierCell> _cell;

    internal SharedBarrier(ObjectHandle handle, int parties, BarrierAction? action, WaitTimeout timeout)
        : base(handle)
    {
        Parties = parties;
        _action = action;
        _timeout = timeout;
        _cell = new(handle);
    }

    /// <summary>The number of parties that must wait at the barrier before all of them continue.</summary>
    public int Parties { get; }

    /// <summary>The number of parties that wait at this moment: Python's <c>n_waiting</c>.</summary>
    /// <exception cref="ConnectionLostException">The process that hosts the barrier has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The barrier was disposed.</exception>
    public int Waiting
    {
        get
        {
            Handle.ReadWhatCame();
            return Handle.IsLocal ? _cell.Read().Waiting : (int)Ask(BarrierCommand.CountWaiting.Instance, CancellationToken.None).Number;
        }
    }

    /// <summary>Whether the barrier is broken: until <see cref="Reset"/>, every wait throws <see cref="BrokenBarrierException"/>.</summary>
    /// <exception cref="ObjectDisposedException">The barrier was disposed.</exception>
    public bool Broken => _cell.Read().IsBroken;

    private protected override string Kind => nameof(SharedBarrier);

    private protected override void Touch() => _cell.Touch();

    /// <summary>Waits until all parties have come. The last one to come runs the barrier's action, if there is one, before any of them continues.</summary>
    /// <param name="timeout">
    /// How long to wait; null (the default) uses the barrier's own timeout, zero does not wait. A party that times out breaks the barrier for all parties.
    /// </param>
    /// <param name="cancellation">Leaves the barrier without breaking it: the other parties go on waiting for another one to come.</param>
    /// <returns>A number from 0 to <see cref="Parties"/> - 1, different for each party of the round.</returns>
    /// <exception cref="InvalidOperationException">The call comes from the barrier's own action.</exception>
    /// <exception cref="BrokenBarrierException">
    /// The barrier is broken, or it broke or was reset while this party waited; also when this party timed out.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the barrier has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The barrier was disposed, in this process or in its node.</exception>
    public int Wait(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ThrowIfInAction();
        cancellation.ThrowIfCancellationRequested();
        WaitTimeout given = timeout is null ? _timeout : timeout;
        var limit = given;
        if (!_cell.IsReached && !TryReach(ref limit, cancellation))
        {
            throw TooLate(given);
        }

        var cell = _cell.Mapped;
        var bound = Handle.IsLocal ? default : Handle.LimitFor(limit, cancellation);
        BlockingCall call;
        using (bound.Enter())
        {
            if (!limit.MayWait)
            {
                ReadOthers();
            }

            var wake = Arrive(cell, limit);
            FaultPoint.Reached("arrive: counted");
            call = Handle.StartSurely(Arrival(cell, limit), wake, bound);
            AfterSend(cell, wake);
            FaultPoint.Reached("arrive: sent");
        }

        var reply = Check(Handle.Finish(call, cancellation), cancellation);
        int index = IndexOf(reply, given);
        if (_action is null || index != Parties - 1)
        {
            return index;
        }

        bool succeeded = false;
        Reply acted;
        try
        {
            _action.Run();
            succeeded = true;
        }
        finally
        {
            // The action has used up the time limit: the node gets one more short limit to reply.
            acted = TellActed(new BarrierCommand.Acted(reply.Call, succeeded), bound);
        }

        IndexOf(acted, given);
        return index;
    }

    /// <summary>
    /// Asynchronously waits until all parties have come. The last one to come runs the barrier's action, if there is one, before any of them continues.
    /// </summary>
    /// <param name="timeout">
    /// How long to wait; null (the default) uses the barrier's own timeout, zero does not wait. A party that times out breaks the barrier for all parties.
    /// </param>
    /// <param name="cancellation">Leaves the barrier without breaking it: the other parties go on waiting for another one to come.</param>
    /// <returns>A number from 0 to <see cref="Parties"/> - 1, different for each party of the round.</returns>
    /// <exception cref="InvalidOperationException">The call comes from the barrier's own action.</exception>
    /// <exception cref="BrokenBarrierException">
    /// The barrier is broken, or it broke or was reset while this party waited; also when this party timed out.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the barrier has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The barrier was disposed, in this process or in its node.</exception>
    public async ValueTask<int> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        ThrowIfInAction();
        cancellation.ThrowIfCancellationRequested();
        WaitTimeout given = timeout is null ? _timeout : timeout;
        var limit = given;
        if (!_cell.IsReached)
        {
            (bool reached, limit) = await ReachAsync(limit, cancellation).ConfigureAwait(false);
            if (!reached)
            {
                throw TooLate(given);
            }
        }

        var cell = _cell.Mapped;
        if (!limit.MayWait)
        {
            using (Handle.IsLocal ? default(WaitLimit).Enter() : Handle.LimitFor(limit, cancellation).Enter())
            {
                ReadOthers();
            }
        }

        var wake = Arrive(cell, limit);
        var asked = Handle.StartSurelyAsync(Arrival(cell, limit), wake, cancellation);
        AfterSend(cell, wake);

        // In the node there may be no waiting thread that would read the other parties' messages.
        Handle.ReadWhatCame();
        var reply = Check(await asked.ConfigureAwait(false), cancellation);
        int index = IndexOf(reply, given);
        if (_action is null || index != Parties - 1)
        {
            return index;
        }

        bool succeeded = false;
        Reply acted;
        try
        {
            _action.Run();
            succeeded = true;
        }
        finally
        {
            acted = await TellActedAsync(
                new BarrierCommand.Acted(reply.Call, succeeded), isBounded: !limit.IsInfinite || cancellation.CanBeCanceled).ConfigureAwait(false);
        }

        IndexOf(acted, given);
        return index;
    }

    /// <summary>Returns the barrier to its initial state. Parties that wait get <see cref="BrokenBarrierException"/>; later ones start a new round.</summary>
    /// <exception cref="ConnectionLostException">The process that hosts the barrier has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The barrier was disposed.</exception>
    public void Reset()
    {
        ReadOthers();
        Ask(BarrierCommand.Reset.Instance, CancellationToken.None);
    }

    /// <summary>Breaks the barrier: until <see cref="Reset"/>, current and later waits throw <see cref="BrokenBarrierException"/>.</summary>
    /// <exception cref="ConnectionLostException">The process that hosts the barrier has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The barrier was disposed.</exception>
    public void Abort()
    {
        Ask(BarrierCommand.Abort.Instance, CancellationToken.None);
        Handle.ReadWhatCame();
    }

    static SharedBarrier ISelfCoded<SharedBarrier>.ReadFrom(ref WireReader reader)
    {
        var handle = ObjectHandle.ReadFrom(ref reader);
        int parties = checked((int)reader.VarUInt());
        var timeout = reader.Timeout();
        return new SharedBarrier(handle, parties, BarrierAction.ReadFrom(ref reader), timeout);
    }

    private protected override void WriteTo(WireWriter writer)
    {
        base.WriteTo(writer);
        writer.VarUInt((uint)Parties);
        writer.Timeout(_timeout);
        BarrierAction.Write(_action, writer);
    }

    private protected override void Dispose(bool disposing)
    {
        if (Handle.OwnsObject && _cell.TryMap(out var cell))
        {
            cell.Close();
        }

        base.Dispose(disposing);
        Handle.ReadWhatCame();
    }

    private void ThrowIfInAction()
    {
        if (_action is { IsRunningHere: true })
        {
            throw new InvalidOperationException($"{this} cannot be waited for by its own action: the other parties wait until the action ends.");
        }
    }

    private static BarrierCommand Arrival(BarrierCell? cell, WaitTimeout limit) =>
        cell is null ? new BarrierCommand.Come(limit) : new BarrierCommand.Wait(limit);

    private Wake Arrive(BarrierCell? cell, WaitTimeout limit) =>
        cell is not { } mapped || mapped.Arrive(Parties, !limit.IsInfinite) ? Wake.Always : Wake.WhenWaiting;

    /// <summary>Makes the node read the arrivals that it has received but not yet handled, so that they count as waiting.</summary>
    private void ReadOthers() => _ = Waiting;

    /// <summary>Checks, after the send, whether the node must be woken: see <see cref="BarrierCell"/>.</summary>
    private void AfterSend(BarrierCell? cell, Wake wake)
    {
        if (!Handle.IsLocal && wake != Wake.Always && cell is { } mapped && mapped.MustBeRead(Parties))
        {
            using (Reactor.EnterHandler())
            {
                // The arrival is sent: this must not wait for room.
                Handle.Tell(BarrierCommand.CountWaiting.Instance);
            }
        }
    }

    private BrokenBarrierException TooLate(WaitTimeout limit) => new(
        $"{this}: not all of its {Parties} parties came within {limit}. It is broken for all of them until it is reset.");

    private Reply TellActed(BarrierCommand.Acted acted, in WaitLimit bound)
    {
        if (bound.IsNone)
        {
            return Ask(acted, CancellationToken.None);
        }

        using (Handle.LimitFor(TimeSpan.Zero, CancellationToken.None).Enter())
        {
            return Ask(acted, CancellationToken.None);
        }
    }

    private ValueTask<Reply> TellActedAsync(BarrierCommand.Acted acted, bool isBounded)
    {
        ValueTask<Reply> begun;
        using (isBounded && !Handle.IsLocal ? Handle.LimitFor(TimeSpan.Zero, CancellationToken.None).Enter() : default(WaitLimit).Enter())
        {
            begun = AskAsync(acted, CancellationToken.None);
        }

        return begun;
    }

    private int IndexOf(in Reply reply, WaitTimeout given)
    {
        if (reply.Status == ReplyStatus.TimedOut)
        {
            throw TooLate(given);
        }

        if (reply.Number == BarrierCommand.Broken)
        {
            throw new BrokenBarrierException(
                $"{this} is broken: one of its {Parties} parties timed out, died or failed, or Abort or Reset was called. Reset makes it usable again.");
        }

        return (int)reply.Number;
    }
}
