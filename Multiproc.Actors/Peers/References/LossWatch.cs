using Multiproc.Nodes;
using Multiproc.States;

namespace Multiproc.Peers.References;

/// <summary>
/// Fires a token when what this process holds in a space of names may be given to others: at the latest when the time is over for which its node has said that
/// it is not. Looks again and again while somebody watches. What the node says counts from the moment of the question, so no answer is too old.
/// </summary>
/// <param name="node">The node of this process, whose clock is used.</param>
/// <param name="look">Asks for the time that is left.</param>
/// <param name="lookAsync">Asks for it without waiting.</param>
internal sealed class LossWatch(Node node, Func<TimeSpan> look, Func<ValueTask<TimeSpan>> lookAsync)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private Watch? _watch;

    /// <summary>Begins to watch.</summary>
    /// <returns>The token, and the end of watching. The token has fired already when nothing is held for certain.</returns>
    /// <exception cref="ConnectionLostException">The node cannot be asked.</exception>
    public LossToken Enter()
    {
        var asked = node.Now;
        var until = new Instant(asked.Ticks + look().Ticks);
        lock (_gate)
        {
            if (until <= node.Now)
            {
                return LossToken.Fired;
            }

            var watch = _watch ??= new Watch(this);
            watch.Extend(until);
            watch.Watchers++;
            return new LossToken(watch.Source.Token, () => Leave(watch));
        }
    }

    /// <summary>Fires now.</summary>
    public void Fire()
    {
        Watch? over;
        lock (_gate)
        {
            over = _watch;
            _watch = null;
            over?.Stop();
        }

        // Requested when this returns; what the user has registered runs on the thread pool.
        _ = over?.Source.CancelAsync();
    }

    private void Leave(Watch watch)
    {
        lock (_gate)
        {
            if (--watch.Watchers == 0 && watch == _watch)
            {
                watch.Stop();
                _watch = null;
            }
        }
    }

    private void FireIfLate(Watch watch)
    {
        lock (_gate)
        {
            if (watch != _watch || watch.Until > node.Now)
            {
                return;
            }
        }

        Fire();
    }

    private async Task LookAgainAsync(Watch watch)
    {
        try
        {
            var asked = node.Now;
            var held = await lookAsync().ConfigureAwait(false);
            lock (_gate)
            {
                if (watch == _watch && held > TimeSpan.Zero)
                {
                    watch.Extend(new Instant(asked.Ticks + held.Ticks));
                    return;
                }
            }
        }
        catch (MultiprocException)
        {
            // The node is gone, and with it all that was held by it.
        }

        lock (_gate)
        {
            if (watch != _watch)
            {
                return;
            }
        }

        Fire();
    }

    private sealed class Watch
    {
        private readonly LossWatch _owner;
        private readonly ITimer _timer;
        private IDisposable? _alarm;
        private Task _looking = Task.CompletedTask;

        public Watch(LossWatch owner)
        {
            _owner = owner;
            _timer = TimeProvider.System.CreateTimer(_ => Look(), null, s_interval, s_interval);
        }

        public CancellationTokenSource Source { get; } = new();

        public Instant Until { get; private set; }

        public int Watchers { get; set; }

        public void Extend(Instant until)
        {
            if (until > Until)
            {
                Until = until;
                _alarm?.Dispose();
                _alarm = _owner.NewAlarm(this);
            }
        }

        public void Stop()
        {
            _timer.Dispose();
            _alarm?.Dispose();
        }

        private void Look()
        {
            // A node that is stopped answers when it goes on: it is not asked again meanwhile.
            if (_looking.IsCompleted)
            {
                _looking = _owner.LookAgainAsync(this);
            }
        }
    }

    private IDisposable NewAlarm(Watch watch) =>
        node.Alarm(TimeSpan.FromTicks(Math.Max(0, watch.Until.Ticks - node.Now.Ticks)), () => FireIfLate(watch));
}

/// <summary>A token of a <see cref="LossWatch"/>; dispose it when it is not needed any more.</summary>
internal sealed class LossToken(CancellationToken token, Action leave) : IDisposable
{
    public static readonly LossToken Fired = new(new CancellationToken(canceled: true), static () => { });

    private int _left;

    public CancellationToken Token => token;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            leave();
        }
    }
}
