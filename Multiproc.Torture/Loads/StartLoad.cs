using Multiproc.Processes.Warm;
using Multiproc.Torture.Crews;
using Multiproc.Torture.Faults;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Loads;

/// <summary>Processes that are started from warm ones while these die. A target runs once, or not to its end if its own process died.</summary>
internal sealed class StartLoad(LoadSettings settings) : ITortureLoad
{
    private readonly Random _choices = new(FaultPlan.SeedOf(settings.Seed, "starts"));
    private SharedValue<long>? _begun;
    private SharedValue<long>? _ended;
    private ChildProcess? _running;

    public string Name => "starts";

    public Tally Tally { get; } = new();

    public IReadOnlyList<Victim> Victims()
    {
        var victims = new List<Victim>();
        if (WarmHosts.Current.OldestPid is { } warm)
        {
            victims.Add(new Victim(warm, TakesOrders: false, HasMemoryLimit: false));
        }

        if (Volatile.Read(ref _running) is { IsAlive: true, HostPid: { } pid })
        {
            victims.Add(new Victim(pid, TakesOrders: false, HasMemoryLimit: false));
        }

        return victims;
    }

    public void Start() => (_begun, _ended) = (Mp.RawValue(0L), Mp.RawValue(0L));

    public void Turn()
    {
        (_begun!.Value, _ended!.Value) = (0, 0);
        var method = _choices.Next(4) == 0 ? StartMethod.Spawn : StartMethod.ForkServer;
        var process = Mp.GetContext(method).Process(Work, _begun, _ended, _choices.Next(3000));
        process.Start();
        Volatile.Write(ref _running, process);
        if (!process.Join(Limits.Bound))
        {
            Tally.Hang($"{process}, which has nothing to wait for");
            process.Kill();
        }

        Volatile.Write(ref _running, null);
        int exit = process.ExitCode ?? 0;
        if (_begun.Value > 1)
        {
            Tally.Double(1, $"the target of {process} ran {_begun.Value} times");
        }

        if (exit == 0 && _ended.Value != 1)
        {
            Tally.Lose(1, $"{process} ended well, but its target did not run");
        }

        if (exit is not (0 or -Signals.Kill))
        {
            Tally.Break($"{process} ended with exit code {exit}");
        }

        if (exit != 0)
        {
            Tally.CountDeath();
            Tally.Excuse();
        }

        process.Dispose();
        Tally.CountOperations();
    }

    public void Check()
    {
    }

    public void Dispose()
    {
        _begun?.Dispose();
        _ended?.Dispose();
    }

    private static void Work(SharedValue<long> begun, SharedValue<long> ended, int spins)
    {
        begun.Increment();
        Thread.SpinWait(spins);
        ended.Increment();
    }
}
