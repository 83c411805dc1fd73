namespace Multiproc.Processes.Warm;

/// <summary>
/// Hosts that were started ahead of need: booted, connected, prepared, and never used. The program itself keeps them - no server stands
/// between, so a start is one message, and they end with the program as every child does.
/// </summary>
internal sealed class WarmHosts
{
    /// <summary>A burst of starts is served first; the processors are the program's until it pauses, or has no warm process left.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_endBound = TimeSpan.FromSeconds(5);

    private static WarmHosts? s_current;

    private readonly Lock _gate = new();

    /// <summary>Held while a host is being started, so that the end of the program misses none.</summary>
    private readonly Lock _starting = new();
    private readonly LinkedList<ChildSession> _warm = [];
    private int? _environment;
    private int _takes;

    /// <summary>Grows when what warm processes are prepared for changes: one that was begun before is of no use, and its failure says nothing.</summary>
    private int _generation;
    private bool _refilling;

    /// <summary>The one that is not ready yet.</summary>
    private ChildSession? _booting;
    private bool _ended;

    /// <summary>Those that were there when the program ended.</summary>
    private ChildSession[] _last = [];

    private WarmHosts()
    {
    }

    /// <summary>Made when it is first needed, which in most children is never.</summary>
    public static WarmHosts Current => Volatile.Read(ref s_current) ?? Interlocked.CompareExchange(ref s_current, new WarmHosts(), null) ?? s_current;

    /// <summary>How many wait to be used.</summary>
    public int Ready
    {
        get
        {
            lock (_gate)
            {
                return _warm.Count;
            }
        }
    }

    /// <summary>The one that is used next.</summary>
    public int? OldestPid
    {
        get
        {
            lock (_gate)
            {
                return _warm.First?.Value.Process.Pid;
            }
        }
    }

    private int Generation
    {
        get
        {
            lock (_gate)
            {
                return _generation;
            }
        }
    }

    /// <summary>A warm process, or null when there is none at the moment; either way more are started in the background.</summary>
    public ChildSession? Take()
    {
        DropWhenEnvironmentChanged();
        ChildSession? taken = null;
        lock (_gate)
        {
            _takes++;
            while (taken is null && _warm.First is { } first)
            {
                _warm.RemoveFirst();
                taken = first.Value.Process.Exited.IsCompleted ? null : first.Value;
            }
        }

        Refill();
        return taken;
    }

    /// <summary>Ends the warm processes, because what they were prepared for has changed.</summary>
    public void Drop()
    {
        ChildSession[] dropped;
        lock (_gate)
        {
            dropped = [.. _warm];
            _warm.Clear();
            _generation++;
        }

        foreach (var spare in dropped)
        {
            spare.Process.Kill();
        }
    }

    /// <summary>
    /// The end of the program: warm processes would end with it by themselves, but nobody would be there to remove what their runtimes leave.
    /// </summary>
    public static void EndIfUsed()
    {
        Volatile.Read(ref s_current)?.End();
    }

    private void End()
    {
        lock (_starting)
        lock (_gate)
        {
            if (!_ended)
            {
                _ended = true;
                _generation++;
                _last = _booting is null ? [.. _warm] : [.. _warm, _booting];
                _warm.Clear();
                Array.ForEach(_last, static spare => spare.Process.Kill());
            }
        }

        // Whoever comes second, on another thread, must not end the process while the first still waits.
        foreach (var spare in _last)
        {
            spare.Process.Exited.Wait(s_endBound);
        }
    }

    /// <summary>Sees to it that there are as many warm processes as the settings say; one is started at a time.</summary>
    public void Refill()
    {
        lock (_gate)
        {
            if (_refilling || _ended || _warm.Count >= Settings.Current.WarmHosts.Count)
            {
                return;
            }

            _refilling = true;
        }

        _ = Task.Run(RefillAsync);
    }

    private async Task RefillAsync()
    {
        while (await HasPausedAsync().ConfigureAwait(false))
        {
            if (!await AddAsync().ConfigureAwait(false))
            {
                // It would fail again at once: the next start asks for another try, and is told what is wrong.
                lock (_gate)
                {
                    _refilling = false;
                    return;
                }
            }
        }
    }

    /// <summary>Waits for the end of a burst. False when there are enough warm processes: then refilling has ended, in the same step as it was seen.</summary>
    private async Task<bool> HasPausedAsync()
    {
        while (true)
        {
            int takes;
            lock (_gate)
            {
                if (_warm.Count >= Settings.Current.WarmHosts.Count)
                {
                    _refilling = false;
                    return false;
                }

                if (_warm.Count == 0)
                {
                    return true;
                }

                takes = _takes;
            }

            await Task.Delay(s_pause).ConfigureAwait(false);
            lock (_gate)
            {
                if (takes == _takes)
                {
                    return true;
                }
            }
        }
    }

    private async Task<bool> AddAsync()
    {
        try
        {
            DropWhenEnvironmentChanged();
            int generation = Generation;
            if (Begin() is not { } session)
            {
                return false;
            }

            session.Rehearse(WarmUp.Rehearsal(Settings.Current.WarmHosts));
            if (!await session.Ready.ConfigureAwait(false))
            {
                return generation != Generation;
            }

            lock (_gate)
            {
                if (generation != _generation)
                {
                    session.Process.Kill();
                    return true;
                }

                if (_warm.Count >= Settings.Current.WarmHosts.Count)
                {
                    session.Process.Kill();
                    return false;
                }

                _booting = null;
                _warm.AddLast(session);
            }

            _ = session.Process.Exited.ContinueWith(_ => OnEnded(session), TaskScheduler.Default);
            return true;
        }
        catch (MultiprocException)
        {
            return false;
        }
    }

    private ChildSession? Begin()
    {
        lock (_starting)
        {
            return _ended ? null : _booting = ChildSession.Begin(Spawner.Current, HostCommand.Current, new SpawnOptions(KeepStderrTail: true));
        }
    }

    private void OnEnded(ChildSession session)
    {
        bool wasWarm;
        lock (_gate)
        {
            wasWarm = _warm.Remove(session);
        }

        if (wasWarm)
        {
            Refill();
        }
    }

    /// <summary>A process has its environment from its start: warm processes of another environment are of no use.</summary>
    private void DropWhenEnvironmentChanged()
    {
        int now = EnvironmentStamp();
        bool changed;
        lock (_gate)
        {
            changed = _environment is { } before && before != now;
            _environment = now;
        }

        if (changed)
        {
            Drop();
        }
    }

    private static int EnvironmentStamp()
    {
        int stamp = 0;
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            stamp ^= HashCode.Combine(variable.Key, variable.Value);
        }

        return stamp;
    }
}
