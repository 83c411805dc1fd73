using Multiproc.Torture.Faults;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture.Crews;

/// <summary>A load whose work is done by a crew.</summary>
internal abstract class CrewLoad : ITortureLoad
{
    private Crew? _crew;

    protected CrewLoad(string name, LoadSettings settings)
    {
        (Name, Settings) = (name, settings);
        Choices = new Random(FaultPlan.SeedOf(settings.Seed, $"{name} here"));
    }

    public string Name { get; }

    public Tally Tally { get; } = new();

    protected LoadSettings Settings { get; }

    /// <summary>What this process draws from.</summary>
    protected Random Choices { get; }

    protected Crew Crew => _crew ?? throw new InvalidOperationException("The load has not started.");

    /// <summary>How many processes have died. Each explains at most what it had in hand.</summary>
    protected long Deaths => Tally.Deaths;

    public virtual IReadOnlyList<Victim> Victims() => Volatile.Read(ref _crew)?.Victims() ?? [];

    public void Start()
    {
        MakeObjects();
        Volatile.Write(ref _crew, new Crew(Name, Settings, Tally, MakeProcess));
        Crew.Refill();
    }

    public void Turn()
    {
        Crew.Refill(Died);
        OwnTurn();
    }

    public void Check()
    {
        Crew.End(Died);
        Judge();
    }

    public virtual void Dispose() => _crew?.Dispose();

    protected abstract void MakeObjects();

    /// <summary>Makes the process for a seat, not yet started.</summary>
    protected abstract ChildProcess MakeProcess(Seat seat, ProcessOptions options);

    /// <summary>Looks at what a dead process left, before another has its seat.</summary>
    protected virtual void Died(int seat)
    {
    }

    /// <summary>Does the work of this process. It takes a moment, never longer than <see cref="Limits.Bound"/>.</summary>
    protected virtual void OwnTurn() => Thread.CurrentThread.Join(5);

    /// <summary>Compares, when all processes are dead, what is there with what must be.</summary>
    protected abstract void Judge();
}
