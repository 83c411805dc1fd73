using System.Diagnostics;

namespace Multiproc.Torture;

/// <summary>Runs one load on a thread of its own.</summary>
internal sealed class LoadDriver
{
    private readonly ManualResetEventSlim _started = new();
    private readonly Thread _thread;
    private volatile bool _isOver;
    private long _lastTurn = Stopwatch.GetTimestamp();

    public LoadDriver(ITortureLoad load)
    {
        Load = load;
        _thread = new Thread(Run) { IsBackground = true, Name = $"torture {load.Name}" };
        _thread.Start();
    }

    public ITortureLoad Load { get; }

    /// <summary>How long the turn has lasted that is being done.</summary>
    public TimeSpan InTurn => Stopwatch.GetElapsedTime(Volatile.Read(ref _lastTurn));

    /// <summary>Waits until its processes are started.</summary>
    public bool WaitForStart(TimeSpan bound) => _started.Wait(bound);

    /// <summary>Has it do no further turn, and check.</summary>
    public void End() => _isOver = true;

    /// <summary>Waits until it has checked.</summary>
    public bool Join(TimeSpan bound) => _thread.Join(bound);

    private void Run()
    {
        try
        {
            Load.Start();
            _started.Set();
            while (!_isOver)
            {
                Volatile.Write(ref _lastTurn, Stopwatch.GetTimestamp());
                Load.Turn();
            }

            Volatile.Write(ref _lastTurn, Stopwatch.GetTimestamp());
        }
        catch (Exception failure)
        {
            Load.Tally.Break($"a call failed with no error that it may have: {failure}");
            _started.Set();
        }

        try
        {
            Load.Check();
        }
        catch (Exception failure)
        {
            Load.Tally.Break($"a check failed: {failure}");
        }
    }
}
