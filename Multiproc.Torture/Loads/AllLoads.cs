using Multiproc.Torture.Crews;
using Multiproc.Torture.Loads.Flow;
using Multiproc.Torture.Shortages;

namespace Multiproc.Torture.Loads;

/// <summary>The loads by name.</summary>
internal static class AllLoads
{
    private static readonly (string Name, Func<LoadSettings, ITortureLoad> Make)[] s_all =
    [
        ("queues", static settings => new QueueLoad(settings)),
        ("leases", static settings => new LeaseLoad(settings)),
        ("locks", static settings => new LockLoad(settings)),
        ("semaphores", static settings => new SemaphoreLoad(settings)),
        ("rwlocks", static settings => new ReadWriteLoad(settings)),
        ("countdowns", static settings => new CountdownLoad(settings)),
        ("elections", static settings => new ElectionLoad(settings)),
        ("conditions", static settings => new ConditionLoad(settings)),
        ("barriers", static settings => new BarrierLoad(settings)),
        ("terms", static settings => new TermsLoad(settings)),
        ("broadcasts", static settings => new BroadcastLoad(settings)),
        ("caches", static settings => new CacheLoad(settings)),
        ("limiters", static settings => new LimiterLoad(settings)),
        ("managers", static settings => new ManagerLoad(settings)),
        ("pools", static settings => new PoolLoad(settings)),
        ("pipes", static settings => new PipeLoad(settings)),
        ("blocks", static settings => new BlockLoad(settings)),
        ("actors", static settings => new ActorLoad(settings)),
        ("gifts", static settings => new GiftLoad(settings)),
        ("starts", static settings => new StartLoad(settings)),
        ("shortages", static settings => new ShortageLoad(settings)),
        .. PlantedLoad.IsWanted
            ? [(PlantedLoad.Title, static settings => new PlantedLoad(settings))]
            : Array.Empty<(string, Func<LoadSettings, ITortureLoad>)>(),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. s_all.Select(static each => each.Name)];

    /// <exception cref="ArgumentException">There is no load of this name.</exception>
    public static ITortureLoad Make(string name, LoadSettings settings) =>
        s_all.FirstOrDefault(each => each.Name == name).Make is { } make
            ? make(settings)
            : throw new ArgumentException($"There is no load '{name}'. There are: {string.Join(", ", Names)}.");
}
