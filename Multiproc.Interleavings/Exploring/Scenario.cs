using Multiproc.Interleavings.Stepping;

namespace Multiproc.Interleavings.Exploring;

/// <summary>A few actors over one protocol, and what must always hold.</summary>
internal abstract class Scenario
{
    public const int Bytes = 4096;

    public abstract string Name { get; }

    public abstract IReadOnlyList<Actor> Actors { get; }

    /// <summary>How many of the actors that may die do so at most in one history.</summary>
    public virtual int MostDeaths => 1;

    public virtual int Channels => 0;

    /// <summary>
    /// The bytes that the code also reads by plain accesses, from and up to. What an actor has seen there makes moments different; what it has seen elsewhere
    /// is in the results of its atomic accesses.
    /// </summary>
    public virtual Range PlainReads => 0..0;

    /// <summary>Prepares the memory. Runs as one step.</summary>
    public virtual unsafe void Begin(World world, byte* memory)
    {
    }

    /// <summary>What follows for the others from the death of an actor, at that moment: a message of it, a note.</summary>
    public virtual void Died(World world, int actor)
    {
    }

    /// <summary>What is wrong at a moment; null if nothing.</summary>
    public virtual string? Wrong(World world) => null;

    /// <summary>What is wrong when nobody can do anything further; null if nothing.</summary>
    /// <param name="world">The last moment.</param>
    /// <param name="hasEnded">For each actor, whether it has done all that it wanted.</param>
    /// <param name="isDead">For each actor, whether it has died.</param>
    public abstract string? WrongAtTheEnd(World world, IReadOnlyList<bool> hasEnded, IReadOnlyList<bool> isDead);
}

/// <summary>One who acts in a scenario.</summary>
/// <param name="Name">For traces.</param>
/// <param name="Begin">The state in which its first operation begins.</param>
/// <param name="Code">Its operations.</param>
/// <param name="MayDie">Whether it may be killed.</param>
/// <param name="IsServer">Whether it waits for others for ever, so that it need not end.</param>
internal sealed record Actor(string Name, byte[] Begin, Operation Code, bool MayDie = true, bool IsServer = false);
