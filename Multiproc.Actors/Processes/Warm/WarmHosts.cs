namespace Multiproc.Processes.Warm;

/// <summary>
/// Keeps warm processes: hosts that were started in advance, connected and prepared, and have never been used. The program itself keeps them, without
/// a server in between, so a start is a single message, and they end with the program like every child.
/// </summary>
internal sealed class WarmHosts
{
    /// <summary>
    /// How long the program must start nothing before warm processes are added, so that they do not compete with a burst of starts for processors.
    /// </summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_endBound = TimeSpan.FromSeconds(5);

    private static WarmHosts? s_current;

    private readonly Lock _gate = new();

    /// <summary>Held while a host is being started, so that the end of the program does not miss one.</summary>
    private readonly Lock _starting = new();
    private readonly LinkedList<ChildSession> _warm = [];
    private int? _environment;
    private int _takes;

    /// <summary>Grows when the preparation of warm processes changes: one that was started before is useless, and its failure is ignored.</summary>
    private int _generation;
    private bool _refilling;

    /// <summary>The warm process that is booting.</summary>
    private ChildSession? _booting;
    private bool _ended;

    /// <summary>The warm processes at the end of the program.</summary>
    private ChildSession[] _last = [];

    private WarmHosts()
    {
    }

    /// <summary>Created at its first use, which never comes in most children.</summary>
    public static WarmHosts Current => Volatile.Read(ref s_current) ?? Interlocked.CompareExchange(ref s_current, new WarmHosts(), null) ?? s_current;

    /// <summary>The number of warm processes that are ready.</summary>
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

    /// <summary>The process id of the warm process that is used next.</summary>
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

    /// <summary>Takes a warm process, or null if there is none at the moment; either way more are started in the background.</summary>
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

    /// <summary>Ends the warm processes because their preparation has changed.</summary>
    public void Drop()
    {
        ChildSession[] dropped;
        lock (_gate)
        {
            dropped = [.. _warm];
            _warm.Clear();
            _generation++;
        }

        foreach (var warm in dropped)
        {
            warm.Process.Kill();
        }
    }

    /// <summary>
    /// Ends the warm processes at the end of the program and waits for them. They would end by themselves, but nobody would then remove the files that their
    /// runtimes leave behind.
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
                Array.ForEach(_last, static warm => warm.Process.Kill());
            }
        }

        // A second caller, on another thread, waits too: it must not end the process while the first one still waits.
        foreach (var warm in _last)
        {
            warm.Process.Exited.Wait(s_endBound);
        }
    }

    /// <summary>Starts warm processes in the background, one at a time, until there are as many as the settings say.</summary>
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
                // Another attempt would fail too. The next start of a child tries again, and reports the error.
                lock (_gate)
                {
                    _refilling = false;
                    return;
                }
            }
        }
    }

    /// <summary>
    /// Waits for the end of a burst of starts. Returns false if there are enough warm processes; refilling is then marked as ended under the same lock.
    /// </summary>
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

    /// <summary>Drops the warm processes if the environment has changed: a process has its environment from its start.</summary>
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
