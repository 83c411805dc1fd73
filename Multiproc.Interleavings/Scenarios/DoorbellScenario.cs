using Multiproc.Interleavings.Exploring;
using Multiproc.Interleavings.Stepping;
using Multiproc.Transport;
using Multiproc.Transport.Rings;

namespace Multiproc.Interleavings.Scenarios;

/// <summary>
/// Senders that ring a doorbell while its owner goes to sleep, in either way that the reactor does. Nothing that was sent stays while the owner sleeps, also
/// when a sender dies between taking the sleeper's mark and waking it.
/// </summary>
/// <param name="senders">How many.</param>
/// <param name="asLeader">Whether the owner sleeps as the thread that waits for a reply, or as the pump.</param>
internal sealed class DoorbellScenario(int senders, bool asLeader) : Scenario
{
    private const int Links = 64;

    public override string Name => $"doorbell, {senders} senders, the {(asLeader ? "leader" : "pump")} sleeps";

    public override IReadOnlyList<Actor> Actors =>
    [
        .. Enumerable.Range(0, senders).Select(link => new Actor($"sender {link}", [0], (stepper, state) => Send(stepper, link, state))),
        new Actor("owner", [0], asLeader ? Lead : Pump, MayDie: false, IsServer: true),
        .. Enumerable.Range(0, senders).Select(link => new Actor($"reaper of {link}", [0], (stepper, _) => Reap(stepper, link), MayDie: false, IsServer: true)),
    ];

    public override void Died(World world, int actor) => world.AddNote($"dead {actor}", 1);

    public override string? WrongAtTheEnd(World world, IReadOnlyList<bool> hasEnded, IReadOnlyList<bool> isDead)
    {
        for (int link = 0; link < senders; link++)
        {
            if (world.Note($"frames {link}") != 0)
            {
                return $"a frame of sender {link} stays unread while the owner sleeps";
            }
        }

        return null;
    }

    /// <summary>Two frames of one sender, or one of each of several, published before the doorbell is rung.</summary>
    private byte[]? Send(Stepper stepper, int link, byte[] state)
    {
        stepper.Do(world => world.AddNote($"frames {link}", 1));
        new Doorbell(Protocols.Memory!).Ring(link, Wake.Always);
        return senders == 1 && state[0] == 0 ? [1] : null;
    }

    private static byte[]? Reap(Stepper stepper, int link)
    {
        stepper.Do(static _ => 0, world => world.Note($"dead {link}") != 0);
        new Doorbell(Protocols.Memory!).RingForTheDead(link);
        return null;
    }

    /// <summary>One round of Reactor.Pump, which has the role whenever it wants it.</summary>
    private byte[] Pump(Stepper stepper, byte[] state)
    {
        var doorbell = new Doorbell(Protocols.Memory!);
        int turn = doorbell.Turn(Doorbell.PumpSleeps);
        doorbell.SetAwake();
        while (Drain(stepper, doorbell))
        {
        }

        // Reactor.Leave
        doorbell.SetSleeper(Doorbell.PumpSleeps);
        if (doorbell.AnyReady(Links))
        {
            doorbell.Rouse(Doorbell.PumpSleeps);
        }

        doorbell.Sleep(Doorbell.PumpSleeps, turn, null);
        return state;
    }

    /// <summary>One round of Reactor.Lead, by a thread whose reply does not come.</summary>
    private byte[] Lead(Stepper stepper, byte[] state)
    {
        var doorbell = new Doorbell(Protocols.Memory!);
        doorbell.SetAwake();
        if (Drain(stepper, doorbell))
        {
            return state;
        }

        int turn = doorbell.Turn(Doorbell.LeaderSleeps);
        doorbell.SetSleeper(Doorbell.LeaderSleeps);
        if (!doorbell.AnyReady(Links))
        {
            doorbell.Sleep(Doorbell.LeaderSleeps, turn, null);
        }

        return state;
    }

    private bool Drain(Stepper stepper, Doorbell doorbell)
    {
        ulong bits = doorbell.TakeReady(0);
        for (int link = 0; link < senders; link++)
        {
            if ((bits & (1UL << link)) != 0)
            {
                int of = link;
                stepper.Do(world => world.AddNote($"frames {of}", -world.Note($"frames {of}")));
            }
        }

        return bits != 0;
    }
}
