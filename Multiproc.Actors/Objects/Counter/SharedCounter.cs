using System.Diagnostics;
using Multiproc.Objects;
using Multiproc.Objects.Counters;
using Multiproc.Peers;
using Multiproc.Serialization;

namespace Multiproc;

/// <summary>
/// A number that many processes add to at the same time without waiting for each other: each processor has a place of its own in mapped memory, and the value
/// is the sum of all of them. It is eventually exact: once those who add have returned, <see cref="Value"/> is the exact sum; while they add, it is a number
/// that the sum had, or may have had, meanwhile. What a process added stays when it dies.
/// </summary>
/// <remarks>
/// To read a number back with each change, as for numbering things, use <see cref="SharedValue{T}.Add"/>. From other machines and in a cluster, each call is a
/// message.
/// </remarks>
/// <example>
/// <code>
/// using var pages = Mp.Counter();
/// using var pool = Mp.Pool();
/// pool.Map(url =&gt; { pages.Increment(); return Download(url); }, urls);
/// Console.WriteLine(pages.Value);
/// </code>
/// </example>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class SharedCounter : SharedObject, ISelfCoded<SharedCounter>
{
    private CellAccess<CounterCell> _cell;
    private volatile bool _isReached;

    internal SharedCounter(ObjectHandle handle)
        : base(handle) => _cell = new(handle);

    /// <summary>The sum of all that was added: exact when nobody adds at the moment.</summary>
    /// <exception cref="ConnectionLostException">The process that hosts the counter has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The counter was disposed, in this process or in its node.</exception>
    public long Value
    {
        get
        {
            long value = _cell.TryMap(out var cell) ? cell.Sum : Ask(CounterCommand.Read.Instance, default).Number;
            GC.KeepAlive(this);
            return value;
        }
    }

    private protected override string Kind => nameof(SharedCounter);

    /// <summary>Adds an amount. Overflow wraps around.</summary>
    /// <param name="amount">The amount; may be negative.</param>
    /// <exception cref="OutcomeUnknownException">The connection to another machine broke meanwhile: the amount may have been added, or not.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the counter has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The counter was disposed, in this process or in its node.</exception>
    public void Add(long amount)
    {
        if (_cell.TryMap(out var cell))
        {
            cell.Add(Thread.GetCurrentProcessorId(), amount);
            GC.KeepAlive(this);
        }
        else
        {
            Ask(new CounterCommand.Add(amount), default);
        }
    }

    /// <summary>Adds one.</summary>
    /// <exception cref="OutcomeUnknownException">The connection to another machine broke meanwhile: the one may have been added, or not.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the counter has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The counter was disposed, in this process or in its node.</exception>
    public void Increment() => Add(1);

    /// <summary>Subtracts one.</summary>
    /// <exception cref="OutcomeUnknownException">The connection to another machine broke meanwhile: the one may have been subtracted, or not.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the counter has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The counter was disposed, in this process or in its node.</exception>
    public void Decrement() => Add(-1);

    /// <summary>
    /// Sets the counter to zero and returns what was in it. Nothing that is added meanwhile is lost: it is in the result, or in the counter afterwards.
    /// </summary>
    /// <returns>The sum that was taken out.</returns>
    /// <exception cref="OutcomeUnknownException">The connection to another machine broke meanwhile: the counter may have been reset, or not.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the counter has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The counter was disposed, in this process or in its node.</exception>
    public long Reset()
    {
        long value = _cell.TryMap(out var cell) ? cell.Reset() : Ask(CounterCommand.Reset.Instance, default).Number;
        GC.KeepAlive(this);
        return value;
    }

    /// <summary>Asynchronously adds an amount. Completes synchronously where the counter is in mapped memory.</summary>
    /// <param name="amount">The amount; may be negative.</param>
    /// <param name="cancellation">Cancels the wait for the reply; the amount may be added still.</param>
    /// <returns>A task that completes when the amount was added.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="OutcomeUnknownException">The connection to another machine broke meanwhile: the amount may have been added, or not.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the counter has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The counter was disposed, in this process or in its node.</exception>
    public async ValueTask AddAsync(long amount = 1, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        if (await IsMappedAsync(cancellation).ConfigureAwait(false))
        {
            Add(amount);
        }
        else
        {
            await AskAsync(new CounterCommand.Add(amount), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Asynchronously returns the sum of all that was added. Completes synchronously where the counter is in mapped memory.</summary>
    /// <param name="cancellation">Cancels the wait for the reply.</param>
    /// <returns>The sum: exact when nobody adds at the moment.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    /// <exception cref="ConnectionLostException">The process that hosts the counter has ended, or the connection to it was lost.</exception>
    /// <exception cref="ObjectDisposedException">The counter was disposed, in this process or in its node.</exception>
    public async ValueTask<long> GetValueAsync(CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return await IsMappedAsync(cancellation).ConfigureAwait(false)
            ? Value
            : (await AskAsync(CounterCommand.Read.Instance, cancellation).ConfigureAwait(false)).Number;
    }

    private protected override void Touch() => _cell.Touch();

    private async ValueTask<bool> IsMappedAsync(CancellationToken cancellation)
    {
        if (!_isReached && !_cell.IsReached)
        {
            await ReachAsync(WaitTimeout.Infinite, cancellation).ConfigureAwait(false);
            _isReached = true;
        }

        return _cell.TryMap(out _);
    }

    static SharedCounter ISelfCoded<SharedCounter>.ReadFrom(ref WireReader reader) => new(ObjectHandle.ReadFrom(ref reader));
}
