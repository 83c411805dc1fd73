using System.Diagnostics;
using Multiproc.Objects;
using Multiproc.Objects.Countdowns;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;

namespace Multiproc;

/// <summary>
/// A count that processes share, as <see cref="CountdownEvent"/>: participants signal, and those that wait go on when it is zero. Signalling is a
/// compare-and-swap in mapped memory.
/// </summary>
/// <remarks>
/// A participant that dies without its signal is not counted: only the program knows what its death means. To wait for
/// processes rather than for their signals, use <see cref="ChildProcess.Join"/>, or a timeout.
/// </remarks>
/// <example>
/// <code>
/// using var left = Mp.Countdown(2);
/// foreach (int part in new[] { 1, 2 })
/// {
///     Mp.Process(static (countdown, number) => { Console.WriteLine($"part {number}"); countdown.Signal(); }, left, part).Start();
/// }
///
/// left.Wait();
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class SharedCountdown : SharedObject, ISelfCoded<SharedCountdown>
{
    private CellAccess<CountdownCell> _cell;

    internal SharedCountdown(ObjectHandle handle)
        : base(handle) => _cell = new(handle);

    /// <summary>The number of signals that are left until waiters go on.</summary>
    /// <exception cref="ConnectionLostException">The countdown is on another machine or in a cluster, and cannot be reached.</exception>
    /// <exception cref="ObjectDisposedException">The countdown was disposed.</exception>
    public int CurrentCount => _cell.Read().Count;

    /// <summary>The count that it began with, or was last reset to.</summary>
    /// <exception cref="ConnectionLostException">The countdown is on another machine or in a cluster, and cannot be reached.</exception>
    /// <exception cref="ObjectDisposedException">The countdown was disposed.</exception>
    public int InitialCount => _cell.Read().Initial;

    /// <summary>Whether the count is zero, so that nobody waits.</summary>
    /// <exception cref="ConnectionLostException">The countdown is on another machine or in a cluster, and cannot be reached.</exception>
    /// <exception cref="ObjectDisposedException">The countdown was disposed.</exception>
    public bool IsSet => CurrentCount == 0;

    private protected override string Kind => nameof(SharedCountdown);

    /// <summary>Returns the identity and, if that is known without sending a message, the counts: in its node, and in processes that have used it.</summary>
    /// <returns>For example "SharedCountdown (object 7 of this process), 2 of 3 left".</returns>
    public override string ToString() =>
        Handle.IsDisposed ? $"{Identity}, disposed" : _cell.IsReached && !Handle.IsRelayed ? $"{Identity}, {CurrentCount} of {InitialCount} left" : Identity;

    private protected override void Touch() => _cell.Touch();

    /// <summary>Counts down; when the count becomes zero, all waiters go on.</summary>
    /// <param name="count">By how much, at least 1; default 1.</param>
    /// <returns>True when the count is zero now.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    /// <exception cref="InvalidOperationException">The count is lower than <paramref name="count"/>; it stays what it is.</exception>
    /// <exception cref="ConnectionLostException">
    /// There are waiters, and the process that hosts the countdown has ended, or the connection to it was lost.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The countdown was disposed, in this process or in its node.</exception>
    public bool Signal(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if (!_cell.TryMap(out var cell))
        {
            return Ask(new CountdownCommand.Signal(count), CancellationToken.None).Number != 0;
        }

        var outcome = cell.Signal(count);
        if (outcome == SignalOutcome.NeedsNode)
        {
            FaultPoint.Reached("signal: counted");
            Handle.Tell(CountdownCommand.Reached.Instance);
        }

        return outcome == SignalOutcome.TooMany ? throw Refused(CountdownState.TooLow(count)) : outcome != SignalOutcome.Counted;
    }

    /// <summary>Counts up: so many more signals are needed.</summary>
    /// <param name="count">By how much, at least 1; default 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    /// <exception cref="InvalidOperationException">The count is zero already, or would become more than 2,147,483,647.</exception>
    /// <exception cref="ConnectionLostException">The countdown is on another machine or in a cluster, and cannot be reached.</exception>
    /// <exception cref="ObjectDisposedException">The countdown was disposed, in this process or in its node.</exception>
    public void AddCount(int count = 1)
    {
        if (!TryAddCount(count))
        {
            throw Refused($"its count is zero already, so {count} cannot be added: call Reset, or TryAddCount.");
        }
    }

    /// <summary>Counts up, unless the count is zero already.</summary>
    /// <param name="count">By how much, at least 1; default 1.</param>
    /// <returns>False when the count is zero.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not positive.</exception>
    /// <exception cref="InvalidOperationException">The count would become more than 2,147,483,647.</exception>
    /// <exception cref="ConnectionLostException">The countdown is on another machine or in a cluster, and cannot be reached.</exception>
    /// <exception cref="ObjectDisposedException">The countdown was disposed, in this process or in its node.</exception>
    public bool TryAddCount(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if (!_cell.TryMap(out var cell))
        {
            return Ask(new CountdownCommand.Add(count), CancellationToken.None).Number != 0;
        }

        int before = cell.Add(count);
        return before < 0 ? throw Refused(CountdownState.TooHigh(count)) : before > 0;
    }

    /// <summary>Sets the count to <see cref="InitialCount"/>. Those that wait go on waiting, unless it was zero.</summary>
    /// <exception cref="ConnectionLostException">The process that hosts the countdown has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The countdown was disposed, in this process or in its node.</exception>
    public void Reset() => Ask(CountdownCommand.Restart.Instance, CancellationToken.None);

    /// <summary>Sets the count and <see cref="InitialCount"/>. Those that wait go on waiting, unless the count was zero, or is now.</summary>
    /// <param name="count">The new count; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the countdown has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The countdown was disposed, in this process or in its node.</exception>
    public void Reset(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Ask(new CountdownCommand.Reset(count), CancellationToken.None);
    }

    /// <summary>Waits up to <paramref name="timeout"/> until the count is zero.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when the count was zero; false when it was not within <paramref name="timeout"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the countdown has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The countdown was disposed, in this process or in its node.</exception>
    public bool Wait(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        WaitTimeout limit = timeout;
        return (_cell.IsReached || TryReach(ref limit, cancellation))
            && (IsSeenSet(limit, out bool mustAsk) || (mustAsk && Ask(new CountdownCommand.Wait(limit), cancellation).Status == ReplyStatus.Ok));
    }

    /// <summary>Asynchronously waits up to <paramref name="timeout"/> until the count is zero.</summary>
    /// <param name="timeout">How long to wait; null (the default) waits forever, zero does not wait.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>True when the count was zero; false when it was not within <paramref name="timeout"/>.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the countdown has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The countdown was disposed, in this process or in its node.</exception>
    public async ValueTask<bool> WaitAsync(TimeSpan? timeout = null, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        WaitTimeout limit = timeout;
        if (!_cell.IsReached)
        {
            (bool reached, limit) = await ReachAsync(limit, cancellation).ConfigureAwait(false);
            if (!reached)
            {
                return false;
            }
        }

        return IsSeenSet(limit, out bool mustAsk)
            || (mustAsk && (await AskAsync(new CountdownCommand.Wait(limit), cancellation).ConfigureAwait(false)).Status == ReplyStatus.Ok);
    }

    private InvalidOperationException Refused(string reason) => new($"{Identity}: {reason}");

    /// <summary>Whether the count is zero, as far as this process can see without a message; see <see cref="SharedEvent"/>.</summary>
    private bool IsSeenSet(WaitTimeout timeout, out bool mustAsk)
    {
        bool isMapped = _cell.TryMap(out var cell);
        mustAsk = timeout.MayWait || !isMapped;
        return isMapped && cell.Count == 0;
    }

    static SharedCountdown ISelfCoded<SharedCountdown>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));
}
