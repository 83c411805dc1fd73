using System.Data.Common;
using Akka.Event;
using Multiproc.Nodes;

namespace Multiproc.Cluster.Leases;

/// <summary>
/// Keeps the lease of this node in the storage, and finds out when those of others are over. What the storage says comes late or not at all: then the lease of
/// this node ends by itself, and nobody is given what others may hold.
/// </summary>
internal sealed class LeaseKeeper(LeaseTable table, string self, ILoggingAdapter log) : IAsyncDisposable
{
    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly NodeLease _lease = new();
    private readonly LeaseEnds _ends = new();
    private readonly Dictionary<string, Task> _ending = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Node _node = Node.Current;
    private Task _renewing = Task.CompletedTask;
    private Task _looking = Task.CompletedTask;

    /// <summary>Called when another node has taken the lease away, before that is answered: what this node's processes hold is lost.</summary>
    public Action Refused { get; set; } = static () => { };

    /// <summary>Enters this node, and begins to renew its lease.</summary>
    public async Task BeginAsync(CancellationToken cancellation)
    {
        await table.EnterAsync(self, cancellation).ConfigureAwait(false);
        await RenewAsync(cancellation).ConfigureAwait(false);
        _renewing = RepeatAsync(LeaseTimes.RenewEvery, RenewAsync);
        _looking = RepeatAsync(LeaseTimes.LookEvery, LookAsync);
    }

    /// <summary>How long from now nobody is given what processes of this node hold, at the least.</summary>
    /// <param name="isForOthers">Whether another process is told, which acts upon it until then.</param>
    public TimeSpan HeldFor(bool isForOthers)
    {
        lock (_gate)
        {
            return isForOthers ? _lease.Promise(_node.Now) : _lease.HeldFor(_node.Now);
        }
    }

    /// <summary>Takes the lease of another node away, and completes when it is over. Fails only when this node ends before.</summary>
    public Task EndOfAsync(string node)
    {
        lock (_gate)
        {
            if (!_ending.TryGetValue(node, out var ending))
            {
                _ending[node] = ending = Task.Run(() => EndAsync(node));
            }

            return ending;
        }
    }

    /// <summary>
    /// Ends the lease of this node, whose processes have been told already. The others need not wait for its time, unless other processes act upon it still.
    /// </summary>
    public async Task GiveUpAsync()
    {
        lock (_gate)
        {
            _lease.End();
            if (!_lease.CanBeGivenUp(_node.Now))
            {
                return;
            }
        }

        try
        {
            await table.GiveUpAsync(self, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is DbException or OperationCanceledException)
        {
            log.Info("The storage was not told that this node holds nothing any more, so others wait for {0}: {1}", LeaseTimes.OverAfter, failed.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await GiveUpAsync().ConfigureAwait(false);
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_renewing, _looking).ConfigureAwait(false);
    }

    private async Task RenewAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_lease.IsOver)
            {
                return;
            }
        }

        var sent = _node.Now;
        bool isOurs = await table.RenewAsync(self, cancellation).ConfigureAwait(false);
        lock (_gate)
        {
            if (_lease.IsOver)
            {
                return;
            }

            if (isOurs)
            {
                _lease.Renewed(sent, _node.Now);
                return;
            }

            _lease.End();
        }

        Refused();
        await GiveUpAsync().ConfigureAwait(false);
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        var entries = await table.AllAsync(cancellation).ConfigureAwait(false);
        IReadOnlyList<string> old;
        lock (_gate)
        {
            old = _ends.Saw(entries, _node.Now);
        }

        foreach (string node in old)
        {
            await table.RemoveAsync(node, cancellation).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(string node)
    {
        while (true)
        {
            try
            {
                var taken = await table.TakeAsync(node, _stop.Token).ConfigureAwait(false);
                lock (_gate)
                {
                    _ends.Took(node, taken, _node.Now);
                }

                break;
            }
            catch (DbException unreachable)
            {
                log.Debug("What {0} held is not given to others before the storage has its end: {1}", node, unreachable.Message);
                await Task.Delay(LeaseTimes.LookEvery, _stop.Token).ConfigureAwait(false);
            }
        }

        while (true)
        {
            lock (_gate)
            {
                if (_ends.LeftOf(node, _node.Now) == TimeSpan.Zero)
                {
                    _ends.Forget(node);
                    return;
                }
            }

            // It may be given up meanwhile.
            await Task.Delay(s_wait, _stop.Token).ConfigureAwait(false);
        }
    }

    private async Task RepeatAsync(TimeSpan interval, Func<CancellationToken, Task> action)
    {
        using var timer = new PeriodicTimer(interval);
        while (true)
        {
            try
            {
                await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false);
                await action(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (DbException unreachable)
            {
                // That the storage cannot be reached is told by the entry of this node, and by its health.
                log.Debug("The leases of the nodes cannot be reached in the storage: {0}", unreachable.Message);
            }
        }
    }
}
