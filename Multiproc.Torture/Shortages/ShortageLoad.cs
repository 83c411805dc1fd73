using Multiproc.Torture.Crews;
using Multiproc.Torture.Faults;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Shortages;

/// <summary>
/// Processes that run out of descriptors, or of shared memory, in themselves alone. Each call gives a result or a typed error, and when the shortage is over
/// everything works again.
/// </summary>
internal sealed class ShortageLoad(LoadSettings settings) : ITortureLoad
{
    private readonly Random _choices = new(FaultPlan.SeedOf(settings.Seed, "shortages"));
    private ChildProcess? _running;
    private string? _noSmallMemory = SmallMemory.WhyNot();

    public string Name => "shortages";

    public Tally Tally { get; } = new();

    public IReadOnlyList<Victim> Victims() =>
        Volatile.Read(ref _running) is { IsAlive: true, Pid: { } pid } ? [new Victim(pid, TakesOrders: false, HasMemoryLimit: false)] : [];

    public void Start()
    {
        if (_noSmallMemory is { } reason)
        {
            Console.WriteLine($"shortages: none of shared memory: {reason}");
        }
    }

    public void Turn()
    {
        if (_noSmallMemory is null && _choices.Next(4) == 0)
        {
            if (SmallMemory.Run() is { } failure)
            {
                Tally.Break(failure);
            }
        }
        else
        {
            WithFewDescriptors();
        }

        Tally.CountOperations();
        Thread.CurrentThread.Join(200);
    }

    public void Check()
    {
    }

    public void Dispose() => _running?.Dispose();

    private void WithFewDescriptors()
    {
        var process = Mp.Process(FewDescriptors.Work, _choices.Next(), settings.Complaints);
        process.Start();
        Volatile.Write(ref _running, process);
        if (!process.Join(2 * Limits.Bound))
        {
            Tally.Hang($"{process}, which has few descriptors");
            process.Kill();
            process.Join(Limits.Bound);
        }

        if (process.ExitCode == -Signals.Kill)
        {
            Tally.CountDeath();
        }
        else if (process.ExitCode == -Signals.Abort)
        {
            // With fewer than five descriptors free .NET's thread pool may end a process as one without memory: no promise, docs/surroundings.md says so.
            Tally.Excuse();
        }
        else if (process.ExitCode != 0)
        {
            Tally.Break($"{process}, which has few descriptors, ended with exit code {process.ExitCode}");
        }

        Volatile.Write(ref _running, null);
        process.Dispose();
    }
}
