using Multiproc.Pool;

namespace Multiproc.Tests.States;

/// <summary>A pool's scheduling in conversation with workers that exist on paper only; it remembers what each of them has in hand.</summary>
internal sealed class PoolScript(int startAttempts = 3)
{
    private readonly PoolState _state = new(startAttempts);
    private readonly List<string> _lines = [];
    private readonly SortedDictionary<int, List<PoolEffect.Send>> _inHand = [];

    public string Transcript => string.Join('\n', _lines);

    /// <summary>What the last step wanted done.</summary>
    public List<PoolEffect> Effects { get; } = [];

    public IEnumerable<PoolEffect.Send> Sends => Effects.OfType<PoolEffect.Send>();

    public IReadOnlyList<PoolEffect.Send> InHandOf(int worker) => _inHand.TryGetValue(worker, out var chunks) ? chunks : [];

    public PoolScript Submit(int job, long tasks, int chunkSize = 1, bool ended = true) => Step(new PoolCommand.Submit(job, tasks, chunkSize, ended));

    public PoolScript MoreInput(int job, long tasks, bool ended) => Step(new PoolCommand.MoreInput(job, tasks, ended));

    public PoolScript Ready(int worker) => Step(new PoolCommand.WorkerReady(worker));

    /// <summary>The worker has done its oldest chunk.</summary>
    public PoolScript Done(int worker, double milliseconds = 100)
    {
        _inHand[worker].RemoveAt(0);
        return Step(new PoolCommand.ChunkDone(worker, TimeSpan.FromMilliseconds(milliseconds)));
    }

    public PoolScript Dies(int worker, int tasksDone = 0, bool started = false)
    {
        _inHand.Remove(worker);
        return Step(new PoolCommand.WorkerGone(worker, tasksDone, started));
    }

    public PoolScript Cancel(int job) => Step(new PoolCommand.Cancel(job));

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
        _state.Step(command, Effects);
        _lines.Add($"{command} -> {string.Join(", ", Effects)}");
        foreach (var send in Sends)
        {
            if (!_inHand.TryGetValue(send.Worker, out var chunks))
            {
                _inHand.Add(send.Worker, chunks = []);
            }

            chunks.Add(send);
        }

        return this;
    }
}
