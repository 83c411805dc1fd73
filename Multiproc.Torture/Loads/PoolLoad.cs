using Multiproc.Torture.Crews;
using Multiproc.Torture.Faults;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Loads;

/// <summary>
/// A pool with every kind of call. Idempotent calls are exact whoever dies; others end with the right results or with the death of a worker; a task that
/// throws fails as itself.
/// </summary>
internal sealed class PoolLoad(LoadSettings settings) : ITortureLoad
{
    private const int Inputs = 60;
    private const long MostMemory = 400L << 20;
    private static readonly TaskOptions s_idempotent = new() { Idempotent = true };

    private readonly Random _choices = new(FaultPlan.SeedOf(settings.Seed, "pools"));
    private ProcessPool? _pool;

    public string Name => "pools";

    public Tally Tally { get; } = new();

    public IReadOnlyList<Victim> Victims() =>
        Volatile.Read(ref _pool) is { } pool ? [.. pool.WorkerPids.Select(static pid => new Victim(pid, TakesOrders: true, HasMemoryLimit: true))] : [];

    public void Start() => Volatile.Write(ref _pool, Mp.GetContext(StartMethod.ForkServer).Pool(
        settings.Crew,
        new PoolOptions
        {
            Retries = 1000, StartAttempts = 1000, HardMaxMemoryPerWorker = MostMemory, OnWorkerDeath = _ => Tally.CountDeath(),
            Process = new ProcessOptions { MemoryLimit = Limits.Heap },
        },
        initializer: Orders.Take));

    public void Turn()
    {
        try
        {
            Call();
        }
        catch (Exception failure) when (Tally.Faults(FaultKind.Memory) > 0 && failure.ToString().Contains("OutOfMemory", StringComparison.Ordinal))
        {
            Tally.Excuse(); // A worker that was told to use up its memory said so of its task before it died.
        }
    }

    public void Check()
    {
        _pool!.Close();
        if (!_pool.Join(Limits.Bound))
        {
            Tally.Hang("Join of a closed pool without tasks");
        }
    }

    public void Dispose() => _pool?.Dispose();

    private static int Square(int n)
    {
        Thread.SpinWait(2000);
        return unchecked(n * n);
    }

    private static int Fail(int n) => throw new FormatException($"of task {n}");

    private void Call()
    {
        int from = _choices.Next(1000);
        int[] inputs = [.. Enumerable.Range(from, Inputs)];
        int[] squares = [.. inputs.Select(Square)];
        switch (_choices.Next(8))
        {
            case 0:
                Same("Map", squares, _pool!.MapAsync(Square, inputs, options: s_idempotent).Get(Limits.Bound));
                break;
            case 1:
                Same("Imap", squares, _pool!.Imap(Square, inputs, chunkSize: _choices.Next(1, 9), options: s_idempotent));
                break;
            case 2:
                Same("ImapUnordered", squares, _pool!.ImapUnordered(Square, inputs, chunkSize: _choices.Next(1, 9), options: s_idempotent).Order());
                break;
            case 3:
                long sum = _pool!.AggregateAsync(
                    inputs, 0L, static (all, n) => all + Square(n), static (one, other) => one + other, options: s_idempotent)
                    .WaitAsync(Limits.Bound).GetAwaiter().GetResult();
                Same("Aggregate", [squares.Sum(static each => (long)each)], [sum]);
                break;
            case 4:
                Same("Apply", squares[..1], [_pool!.ApplyAsync(Square, inputs[0], options: s_idempotent).Get(Limits.Bound)]);
                break;
            case 5:
                Same("StarMap", [.. inputs.Select(each => each + from)],
                    _pool!.StarMapAsync(static (int one, int other) => one + other, inputs.Select(each => (each, from)), options: s_idempotent)
                        .Get(Limits.Bound));
                break;
            case 6:
                OnceOnly(inputs, squares);
                break;
            default:
                Failing(from);
                break;
        }

        Tally.CountOperations(Inputs);
    }

    /// <summary>Tasks that must not be repeated: all results, or the death of a worker.</summary>
    private void OnceOnly(int[] inputs, int[] squares)
    {
        try
        {
            Same("Map of tasks that run once", squares, _pool!.MapAsync(Square, inputs).Get(Limits.Bound));
        }
        catch (WorkerDiedException)
        {
            Tally.Excuse();
        }
    }

    private void Failing(int number)
    {
        try
        {
            _pool!.ApplyAsync(Fail, number).Get(Limits.Bound);
            Tally.Break("a task that throws gave a result");
        }
        catch (WorkerDiedException)
        {
            Tally.Excuse();
        }
        catch (Exception failure) when (failure.Message.Contains($"of task {number}", StringComparison.Ordinal))
        {
            // As it should be.
        }
    }

    private void Same<T>(string call, IEnumerable<T> wanted, IEnumerable<T> got)
    {
        var all = got.ToList();
        if (!wanted.SequenceEqual(all))
        {
            Tally.Break($"{call} gave {string.Join(", ", all.Take(80))} in place of {string.Join(", ", wanted.Take(80))}");
        }
    }
}
