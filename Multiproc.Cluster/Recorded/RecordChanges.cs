using Multiproc.Serialization;

namespace Multiproc.Cluster.Recorded;

/// <summary>
/// The changes that this process makes to one record. A change is computed here, upon the record as the last one left it; what is computed while a change is on
/// its way goes together with the next one, in one step. So a change costs one round trip, and many callers share it.
/// </summary>
/// <remarks>
/// What is known of the record may be old: the store refuses a change upon it, and it is computed again. What changes nothing is confirmed by reading, so
/// that nobody sees the past. A process that was refused reads first for a while: others are at work.
/// </remarks>
internal sealed class RecordChanges<TRecord>(IRecordStore<TRecord> store)
{
    /// <summary>How many changes read the record first after one was refused.</summary>
    private const int Caution = 8;

    /// <summary>Changes are computed one after the other.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private Payload? _last;
    private ChangeGroup? _open;
    private ChangeGroup? _latest;
    private int _caution;

    /// <summary>Makes a change, and returns what it gives besides.</summary>
    /// <exception cref="InvalidOperationException">It is called by a change of the same record, which would wait for itself.</exception>
    public TResult Make<TResult>(Func<TRecord, (TRecord Next, TResult Result)> change)
    {
        RequireOutside();
        while (true)
        {
            var (group, result, opened) = Join(change);
            if (opened)
            {
                Send(group);
            }

            if (group.Ended.GetAwaiter().GetResult())
            {
                return result;
            }
        }
    }

    /// <summary>Makes a change, and returns what it gives besides.</summary>
    /// <param name="change">Computes the next record.</param>
    /// <param name="cancellation">Ends the wait; the change may still be made when it is on its way.</param>
    /// <exception cref="InvalidOperationException">It is called by a change of the same record, which would wait for itself.</exception>
    public async ValueTask<TResult> MakeAsync<TResult>(Func<TRecord, ValueTask<(TRecord Next, TResult Result)>> change, CancellationToken cancellation)
    {
        RequireOutside();
        while (true)
        {
            var (group, result, opened) = await JoinAsync(change, cancellation).ConfigureAwait(false);
            if (opened)
            {
                _ = SendAsync(group);
            }

            if (await group.Ended.WaitAsync(cancellation).ConfigureAwait(false))
            {
                return result;
            }
        }
    }

    private (ChangeGroup Group, TResult Result, bool Opened) Join<TResult>(Func<TRecord, (TRecord Next, TResult Result)> change)
    {
        var outside = ChangeInside.Current;
        _turn.Wait();
        try
        {
            var known = Known() ?? store.Read();
            ChangeInside.Current = new ChangeInside(this, outside);
            var (next, result) = change(Serializer.Unpack<TRecord>(known));
            return (Enter(known, store.Pack(next), out bool opened), result, opened);
        }
        finally
        {
            ChangeInside.Current = outside;
            _turn.Release();
        }
    }

    private async ValueTask<(ChangeGroup Group, TResult Result, bool Opened)> JoinAsync<TResult>(
        Func<TRecord, ValueTask<(TRecord Next, TResult Result)>> change, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var known = Known() ?? await store.ReadAsync(cancellation).ConfigureAwait(false);
            ChangeInside.Current = new ChangeInside(this, ChangeInside.Current);
            var (next, result) = await change(Serializer.Unpack<TRecord>(known)).ConfigureAwait(false);
            return (Enter(known, store.Pack(next), out bool opened), result, opened);
        }
        finally
        {
            _turn.Release();
        }
    }

    private Payload? Known()
    {
        lock (_gate)
        {
            return _caution > 0 && _latest is not { Ended.IsCompleted: false } ? null : _last;
        }
    }

    /// <param name="known">What the change was computed upon.</param>
    /// <param name="next">The record after it.</param>
    /// <param name="opened">Whether the caller is the first of its group, and sends it.</param>
    private ChangeGroup Enter(Payload known, Payload next, out bool opened)
    {
        lock (_gate)
        {
            // Not the open one if that begins with a record which was refused meanwhile, and read anew for this change.
            opened = _open is null || _open.Next != known;
            if (opened)
            {
                _latest = _open = new ChangeGroup(known, _latest is { Ended.IsCompleted: false } underWay ? underWay : null);
            }

            _last = _open!.Next = next;
            return _open;
        }
    }

    private void Send(ChangeGroup group)
    {
        group.AwaitPrevious();
        try
        {
            End(group, Close(group) ? store.TryReplace(group.Known, group.Next) : store.Read() == group.Known);
        }
        catch (Exception failure)
        {
            // Of all that wait for it.
            Fail(group, failure);
        }
    }

    private async Task SendAsync(ChangeGroup group)
    {
        await group.AwaitPreviousAsync().ConfigureAwait(false);
        try
        {
            End(group, Close(group)
                ? await store.TryReplaceAsync(group.Known, group.Next).ConfigureAwait(false)
                : await store.ReadAsync(CancellationToken.None).ConfigureAwait(false) == group.Known);
        }
        catch (Exception failure)
        {
            // Of all that wait for it.
            Fail(group, failure);
        }
    }

    /// <returns>Whether it changes anything.</returns>
    private bool Close(ChangeGroup group)
    {
        lock (_gate)
        {
            _open = _open == group ? null : _open;
            return group.Next != group.Known;
        }
    }

    private void End(ChangeGroup group, bool isMade)
    {
        lock (_gate)
        {
            _caution = isMade ? Math.Max(0, _caution - 1) : Caution;
            _last = isMade ? _last : null;
        }

        group.End(isMade);
    }

    private void Fail(ChangeGroup group, Exception failure)
    {
        lock (_gate)
        {
            _last = null;
        }

        group.Fail(failure);
    }

    private void RequireOutside()
    {
        if (ChangeInside.Current?.IsOf(this) == true)
        {
            throw new InvalidOperationException(
                "A method of an object of a cluster calls the object itself, and would wait for its own end. Call the method of the class, not that of the "
                + "proxy.");
        }
    }
}
