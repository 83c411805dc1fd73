using Multiproc.Pool;

namespace Multiproc.Tests.States;

/// <summary>A pool's scheduling in conversation with workers that exist on paper only; it remembers what each of them has in hand.</summary>
internal sealed class PoolScript(int startAttempts = 3, int? tasksPerWorker = null)
{
    private readonly PoolState _state = new(startAttempts, tasksPerWorker);
    private readonly List<string> _lines = [];
    private readonly SortedDictionary<int, List<PoolEffect.Send>> _unacknowledged = [];
    private readonly SortedDictionary<int, List<PoolEffect.SendConcurrent>> _beside = [];
    private readonly HashSet<int> _stalled = [];

    public string Transcript => string.Join('\n', _lines);

    /// <summary>What the last step wanted done.</summary>
    public List<PoolEffect> Effects { get; } = [];

    public IEnumerable<PoolEffect.Send> Sends => Effects.OfType<PoolEffect.Send>();

    public IReadOnlyList<PoolEffect.Send> InHandOf(int worker) => _unacknowledged.TryGetValue(worker, out var chunks) ? chunks : [];

    /// <summary>The tasks that the worker runs at the same time, beside its chunks.</summary>
    public IReadOnlyList<PoolEffect.SendConcurrent> BesideOf(int worker) => _beside.TryGetValue(worker, out var tasks) ? tasks : [];

    public bool LastWasOnPurpose { get; private set; }

    /// <summary>Whether the worker has done a chunk since it was asked to give back chunks, or was never asked.</summary>
    public bool HasGotOnSinceAsked(int worker) => !_stalled.Contains(worker);

    public PoolScript Submit(int job, long tasks, int chunkSize = 1, bool ended = true, int retries = 0, bool single = false, bool adaptive = false,
        int atOnce = 0) =>
        Step(new PoolCommand.Submit(job, tasks, chunkSize, ended, retries, single, adaptive, atOnce));

    public PoolScript MoreInput(int job, long tasks, bool ended) => Step(new PoolCommand.MoreInput(job, tasks, ended));

    public PoolScript Heavy(int job, int mostInHand) => Step(new PoolCommand.Heavy(job, mostInHand));

    public PoolScript Ready(int worker, TimeSpan roundTrip = default) => Step(new PoolCommand.WorkerReady(worker, roundTrip));

    public PoolScript Leaves(int worker) => Step(new PoolCommand.WorkerLeaves(worker));

    /// <summary>The worker is lost with its node.</summary>
    public PoolScript IsLost(int worker, int tasksDone = 0)
    {
        _unacknowledged.Remove(worker);
        return Step(new PoolCommand.WorkerGone(worker, tasksDone, Started: true, Unseen: true));
    }

    /// <summary>The worker has done its oldest chunks, so many.</summary>
    public PoolScript Done(int worker, double milliseconds = 100, int count = 1)
    {
        _unacknowledged[worker].RemoveRange(0, count);
        _stalled.Remove(worker);
        return Step(new PoolCommand.ChunkDone(worker, TimeSpan.FromMilliseconds(milliseconds), count));
    }

    /// <summary>The worker has done the task, which it ran beside others.</summary>
    public PoolScript DoneBeside(int worker, int job, long task)
    {
        _beside[worker].RemoveAll(send => send.Job == job && send.Task == task);
        return Step(new PoolCommand.ConcurrentDone(worker, job, task));
    }

    public PoolScript Grows(int worker) => Step(new PoolCommand.WorkerGrown(worker));

    public PoolScript Dies(int worker, int tasksDone = 0, bool started = false, bool onPurpose = false, params (int Job, long Task)[] overdue)
    {
        _unacknowledged.Remove(worker);
        _beside.Remove(worker);
        return Step(new PoolCommand.WorkerGone(worker, tasksDone, started, onPurpose, Overdue: overdue));
    }

    /// <summary>The worker gives back all but so many of its chunks.</summary>
    public PoolScript GivesBack(int worker, int except = 1)
    {
        var back = InHandOf(worker).Skip(except).Select(static chunk => (chunk.Job, chunk.First)).ToArray();
        if (back.Length > 0)
        {
            _unacknowledged[worker].RemoveRange(except, back.Length);
        }

        if (InHandOf(worker).Count == 0)
        {
            _stalled.Remove(worker);
        }

        return Step(new PoolCommand.ChunksReturned(worker, back));
    }

    public PoolScript Tick() => Step(new PoolCommand.Tick());

    public PoolScript Resize(int by) => Step(new PoolCommand.Resize(by));

    public PoolScript GraceOver(int job, bool last = false) => Step(new PoolCommand.GraceOver(job, last));

    public PoolScript Cancel(int job, bool stop = false) => Step(new PoolCommand.Cancel(job, stop));

    public PoolScript Close() => Step(new PoolCommand.Close());

    /// <summary>The last step wanted exactly these, in this order.</summary>
    public PoolScript Wants(params PoolEffect[] expected)
    {
        Effects.SequenceEqual(expected).ShouldBeTrue($"wanted: {string.Join(", ", expected.AsEnumerable())}, after:\n{Transcript}");
        return this;
    }

    private PoolScript Step(PoolCommand command)
    {
        Effects.Clear();
        LastWasOnPurpose = command is PoolCommand.WorkerGone { OnPurpose: true } or PoolCommand.WorkerGone { Overdue.Count: > 0 };
        _state.Step(command, Effects);
        _stalled.UnionWith(Effects.OfType<PoolEffect.TakeBack>().Select(static back => back.Worker));
        _lines.Add($"{command} -> {string.Join(", ", Effects)}");
        foreach (var send in Sends)
        {
            if (!_unacknowledged.TryGetValue(send.Worker, out var chunks))
            {
                _unacknowledged.Add(send.Worker, chunks = []);
            }

            chunks.Add(send);
        }

        foreach (var send in Effects.OfType<PoolEffect.SendConcurrent>())
        {
            if (!_beside.TryGetValue(send.Worker, out var tasks))
            {
                _beside.Add(send.Worker, tasks = []);
            }

            tasks.Add(send);
        }

        return this;
    }
}
