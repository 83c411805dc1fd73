namespace Multiproc.Processes.Views;

/// <summary>
/// What a process tells about itself, its children and their objects at one moment: what a dashboard shows. It travels as JSON; readers ignore properties that
/// they do not know, so properties may be added, and keep their meaning.
/// </summary>
internal sealed record ProgramView
{
    public const int CurrentFormat = 1;

    /// <summary>The largest number of objects that a process reports; the busiest ones are chosen.</summary>
    public const int MostObjects = 500;

    public int Format { get; init; } = CurrentFormat;

    /// <summary>When it was made, in milliseconds since any fixed moment of the machine: what totals have grown by is divided by the difference.</summary>
    public required long Milliseconds { get; init; }

    /// <summary>The process id of the program.</summary>
    public required int Pid { get; init; }

    public required string Name { get; init; }

    /// <summary>The program itself, then its children and theirs.</summary>
    public IReadOnlyList<ProcessView> Processes { get; init; } = [];

    public IReadOnlyList<PoolView> Pools { get; init; } = [];

    public IReadOnlyList<ObjectView> Objects { get; init; } = [];

    /// <summary>The number of objects that are not in <see cref="Objects"/>, since there are too many.</summary>
    public int ObjectsLeftOut { get; init; }

    public IReadOnlyList<DeadlockView> Deadlocks { get; init; } = [];

    /// <summary>The cluster that the program is a node of; null if it is none.</summary>
    public ClusterView? Cluster { get; init; }
}

/// <summary>A process of a program.</summary>
/// <param name="Pid">The process id.</param>
/// <param name="Parent">The process id of its parent; 0 for the program itself.</param>
/// <param name="Name">Its name, such as "PoolWorker-3".</param>
/// <param name="Role">"program", "process", "manager" or "worker".</param>
/// <param name="State">"running"; "stopped" by a signal or a debugger; "silent" if it did not tell about itself in time.</param>
/// <param name="ProcessorSeconds">The processor time that it has used.</param>
/// <param name="MemoryBytes">Its memory that is in use.</param>
/// <param name="Started">When it was started, in milliseconds since 1970; 0 if that is not known.</param>
internal sealed record ProcessView(int Pid, int Parent, string Name, string Role, string State, double ProcessorSeconds, long MemoryBytes, long Started);

/// <summary>A thread, or a whole process, that holds an object or waits for one.</summary>
/// <param name="Pid">The process id; 0 when it is not known.</param>
/// <param name="Thread">The managed thread id in that process; 0 for any thread of it.</param>
/// <param name="Count">The amount that a holder has; 0 for a waiter.</param>
/// <param name="WaitedSeconds">How long a waiter has waited; 0 for a holder.</param>
internal sealed record PartyView(int Pid, int Thread, long Count = 0, double WaitedSeconds = 0);

/// <summary>A shared object.</summary>
/// <param name="Pid">The process in which it lives.</param>
/// <param name="Id">Its number there.</param>
/// <param name="Type">For example "lock" or "queue".</param>
/// <param name="Bytes">The size of its shared memory.</param>
/// <param name="Holders">The threads or processes that hold it.</param>
/// <param name="Waiters">The threads or processes that wait for it, the longest wait first.</param>
/// <param name="Counts">Counts by name, such as "items" of a queue.</param>
internal sealed record ObjectView(
    int Pid, long Id, string Type, long Bytes, IReadOnlyList<PartyView> Holders, IReadOnlyList<PartyView> Waiters, IReadOnlyDictionary<string, long> Counts);

/// <summary>One step of a deadlock.</summary>
/// <param name="Node">The node of a cluster, as "host:port"; empty for this machine.</param>
/// <param name="Pid">The process of the waiting thread.</param>
/// <param name="Thread">The waiting thread.</param>
/// <param name="Lock">The lock that it waits for, and that the thread of the next step holds.</param>
/// <param name="Site">The place in the code; null if it is not known.</param>
internal sealed record DeadlockStepView(string Node, int Pid, int Thread, string Lock, string? Site);

/// <summary>A cycle of threads, each of which waits for a lock that the next one holds; the last waits for the first.</summary>
internal sealed record DeadlockView(IReadOnlyList<DeadlockStepView> Steps);
