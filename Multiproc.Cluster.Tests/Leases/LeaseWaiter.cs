using Multiproc.Cluster.Leases;

namespace Multiproc.Cluster.Tests.Leases;

/// <summary>A node that looks at the leases of others, and at some time waits for the end of one.</summary>
internal sealed class LeaseWaiter(LeaseWorld world, LeaseMutant mutant)
{
    private static readonly TimeSpan s_wait = TimeSpan.FromMilliseconds(50);

    private readonly MutantEnds _ends = new(mutant);
    private readonly SimClock _clock = world.NewClock();
    private long _begun;

    public bool IsDone { get; private set; }

    public void Begin(long end)
    {
        Look();
        world.After(end, () =>
        {
            _begun = world.Now;
            Take();
        });
    }

    private void Look()
    {
        world.Ask(world.LookAll, entries => _ends.Saw(entries, _clock.At(world.Now)), static () => { });
        world.After(_clock.Lasts(LeaseTimes.LookEvery), Look);
    }

    private void Take() => world.Ask(
        world.Take,
        entry =>
        {
            _ends.Took(LeaseWorld.NameOfHolder, entry, _clock.At(world.Now));
            Wait();
        },
        () => world.After(_clock.Lasts(LeaseTimes.LookEvery), Take));

    private void Wait()
    {
        if (_ends.LeftOf(LeaseWorld.NameOfHolder, _clock.At(world.Now)) > TimeSpan.Zero)
        {
            world.After(_clock.Lasts(s_wait), Wait);
            return;
        }

        IsDone = true;
        world.Over(_begun);
    }
}
