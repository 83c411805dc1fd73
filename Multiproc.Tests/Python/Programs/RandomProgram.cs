using System.Diagnostics;
using Multiproc.Tests.Connections;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Python.Programs;

/// <summary>
/// Runs a program whose workers are half Python and half C#, and some of which are killed by the way. Nothing may hang; each item is done, or was in the hand
/// of a worker that was killed; the total under the lock is what the workers counted, and at most one more for each that was killed.
/// </summary>
internal sealed class RandomProgram : IDisposable
{
    private readonly ProgramPlan _plan;
    private readonly SyncManager _manager = Mp.Manager();
    private readonly PythonManagerServer _server;
    private readonly ProgramShares _shares;
    private readonly List<(IDisposable Process, Action Kill, Func<TimeSpan, bool> Join)> _workers = [];
    private int _names;
    private int _killed;

    public RandomProgram(ProgramPlan plan)
    {
        _plan = plan;
        _server = _manager.ServePython();
        _shares = new ProgramShares(
            plan.CountsTasks ? null : _manager.Queue<int>(), plan.CountsTasks ? _manager.JoinableQueue<int>() : null, _manager.Dictionary<int, string>(),
            _manager.Dictionary<string, int>(), plan.Recursive ? _manager.RLock() : _manager.Lock(), _manager.Value(0L),
            _manager.BoundedSemaphore(plan.Permits), _manager.Event());
    }

    /// <summary>Runs it to the end and compares what is there with what must be.</summary>
    /// <returns>What was done, in a line.</returns>
    public string Run()
    {
        var clock = Stopwatch.StartNew();
        foreach (string? version in _plan.Workers)
        {
            _workers.Add(Started(version));
        }

        _shares.Jobs.PutMany(Enumerable.Range(0, _plan.Items));
        while (!IsDone())
        {
            clock.Elapsed.ShouldBeLessThan(InChild.Bound, $"{_plan}: the items are done; {_shares.Results.Count} are, {_shares.Jobs.QSize()} are queued");
            KillWhoIsDue();
            _shares.Stop.Wait(TimeSpan.FromMilliseconds(2));
        }

        _shares.Stop.Set();
        foreach (var (_, _, join) in _workers)
        {
            join(InChild.Bound).ShouldBeTrue($"{_plan}: a worker ends when it is told to");
        }

        Judge();
        return $"{_plan}: {_shares.Results.Count} done, {_shares.Total.Get()} counted, in {clock.Elapsed.TotalSeconds:0.0} s";
    }

    public void Dispose()
    {
        foreach (var (process, kill, _) in _workers)
        {
            kill();
            process.Dispose();
        }

        _server.Dispose();
        _manager.Dispose();
    }

    /// <summary>Tells whether the workers have nothing more to do. What a killed one had in hand is not known of a plain queue.</summary>
    private bool IsDone() => _killed == _plan.Kills.Count && (_shares.Joinable?.Join(TimeSpan.Zero) ?? _shares.Jobs.QSize() == 0);

    private void KillWhoIsDue()
    {
        if (_killed == _plan.Kills.Count)
        {
            return;
        }

        var (after, victim) = _plan.Kills[_killed];
        if (_shares.Results.Count >= Math.Min(after, _plan.Items - _killed - 1))
        {
            _killed++;
            var (process, kill, join) = _workers[victim];
            kill();
            join(InChild.Bound).ShouldBeTrue($"{_plan}: a killed worker is gone");
            process.Dispose();
            _workers[victim] = Started(_plan.Replacement());
        }
    }

    private void Judge()
    {
        int done = _shares.Results.Count;
        int missing = _plan.Items - done - _shares.Jobs.QSize();
        if (_plan.CountsTasks)
        {
            missing.ShouldBe(0, $"{_plan}: an item whose worker was killed goes to another");
        }

        missing.ShouldBeInRange(0, _killed, $"{_plan}: each item is done, or was in the hand of a worker that was killed");
        long counted = _shares.Tally.Values.Sum();
        _shares.Total.Get().ShouldBeInRange(counted, counted + _killed, $"{_plan}: the lock guards the total");
        counted.ShouldBeInRange(done - _killed, done + _killed, $"{_plan}: what the workers counted is what was done");
        _shares.Gate.Acquire(InChild.Bound).ShouldBeTrue($"{_plan}: a lock whose holders are dead is free");
        for (int i = 0; i < _plan.Permits; i++)
        {
            _shares.Permits.Acquire(InChild.Bound).ShouldBeTrue($"{_plan}: the permits of the dead come back");
        }

        _shares.Permits.TryAcquire().ShouldBeFalse($"{_plan}: there are no more permits than before");
    }

    private (IDisposable Process, Action Kill, Func<TimeSpan, bool> Join) Started(string? version)
    {
        string name = $"{version ?? "C#"} {++_names}";
        if (version is null)
        {
            var child = Mp.Process(ProgramWorker.Work, name, _shares);
            child.Start();
            return (child, child.Kill, bound => child.Join(bound));
        }

        var options = new PythonProcessOptions
        {
            Interpreter = Interpreter.PathOf(version), Server = _server, WorkingDirectory = Path.Combine(AppContext.BaseDirectory, "Python", "Programs"),
        };
        var process = Mp.PythonProcess(
            "workers:work", options, name, _plan.CountsTasks, _shares.Jobs, _shares.Results, _shares.Tally, _shares.Gate, _shares.Total, _shares.Permits,
            _shares.Stop);
        process.Start();
        return (process, process.Kill, bound => process.Join(bound));
    }
}
