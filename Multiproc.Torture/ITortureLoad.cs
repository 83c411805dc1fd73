using Multiproc.Torture.Faults;
using Multiproc.Torture.Measuring;

namespace Multiproc.Torture;

/// <summary>
/// One kind of work with shared objects, and the oracle of what it may come to. A thread of its own calls <see cref="Start"/>, <see cref="Turn"/> again and
/// again, and <see cref="Check"/>; meanwhile faults hit its victims.
/// </summary>
internal interface ITortureLoad : IDisposable
{
    /// <summary>What <c>--only</c> calls it.</summary>
    string Name { get; }

    /// <summary>What was done and what went wrong so far.</summary>
    Tally Tally { get; }

    /// <summary>The processes that a fault may hit now. Called by any thread.</summary>
    IReadOnlyList<Victim> Victims();

    /// <summary>Makes the objects and starts the processes.</summary>
    void Start();

    /// <summary>Does one turn of the work of this process, and replaces processes that died.</summary>
    void Turn();

    /// <summary>Ends the processes, and compares what is there with what must be: tells of it by <see cref="Tally"/>.</summary>
    void Check();
}
