using Multiproc.Interleavings.Exploring;
using Multiproc.Interleavings.Stepping;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Interleavings.Scenarios;

/// <summary>
/// Processes that use a cell in mapped memory, and the node of the object, which steps the object's state by their messages. Messages of one process keep
/// their order, those of several come in any; the notice of a death comes after what the dead process had sent.
/// </summary>
/// <param name="processes">How many, numbered from 1.</param>
/// <param name="deaths">How many of them die at most.</param>
internal abstract unsafe class NodeScenario(int processes, int deaths) : Scenario
{
    protected const long Gone = 1;
    protected const long GivenUp = 2;
    protected const long FirstOwn = 3;

    private const string AwakeNote = "awake";

    private byte[] _nodeBegins = [];

    public int Processes => processes;

    public override int MostDeaths => deaths;

    /// <summary>None; then for each process what it sends, then what it gets.</summary>
    public override int Channels => 1 + (2 * processes);

    public override IReadOnlyList<Actor> Actors =>
    [
        .. Enumerable.Range(1, processes).Select(process => new Actor($"process {process}", [0], (stepper, state) => Process(stepper, process, state[0]))),
        .. Others(),
        new Actor("node", _nodeBegins, Node, MayDie: false, IsServer: true),
    ];

    public override void Begin(World world, byte* memory)
    {
        var state = MakeState(memory);
        for (int process = 1; process <= processes; process++)
        {
            if (Introduce is { } command)
            {
                state.Step(new Caller(process, 0), command, default, new Effects());
            }
        }

        _nodeBegins = Saved(state);
    }

    public override void Died(World world, int actor)
    {
        if (actor < processes)
        {
            int process = actor + 1;
            world.Send(process, Gone);
            world.Notes = world.Notes.Remove($"in {process}");
            world.AddNote("deaths", 1);
            if (Sleeps)
            {
                // By the end of the connection.
                WakeUp(world);
            }
        }
    }

    /// <summary>What each process tells the node before; null for nothing.</summary>
    protected virtual ICommand? Introduce => null;

    /// <summary>Makes the state of a new object.</summary>
    protected abstract IDurableState MakeState(byte* memory);

    /// <summary>One operation of a process.</summary>
    /// <returns>Its next phase; null at the end.</returns>
    protected abstract byte[]? Process(Stepper stepper, int process, byte phase);

    /// <summary>Further actors.</summary>
    protected virtual IEnumerable<Actor> Others() => [];

    /// <summary>The command of a message.</summary>
    protected abstract ICommand Command(long message);

    /// <summary>The command of a message of a process.</summary>
    protected virtual ICommand Command(int process, long message) => Command(message);

    /// <summary>
    /// Whether the node falls asleep when it finds no message, and reads only when it was woken; else it always reads. Going to sleep is one step with the
    /// look for messages: the doorbell, which makes it so, has a scenario of its own.
    /// </summary>
    protected virtual bool Sleeps => false;

    /// <summary>Wakes the node, if it sleeps.</summary>
    protected static long WakeUp(World world) => world.Note(AwakeNote) > 0 ? 1 : world.AddNote(AwakeNote, 1);

    protected static void Tell(Stepper stepper, int process, long message) => stepper.Do(world => world.Send(process, message));

    /// <summary>Sends a question and waits for its reply.</summary>
    /// <returns>Its status.</returns>
    protected ReplyStatus Ask(Stepper stepper, int process, long message)
    {
        Tell(stepper, process, message);
        return (ReplyStatus)stepper.Do(world => world.Receive(processes + process), world => world.HasMessage(processes + process));
    }

    /// <summary>Sends a question and waits for its reply until its time is up, whenever that is; then gives up, as the library does.</summary>
    protected ReplyStatus AskInTime(Stepper stepper, int process, long message)
    {
        Tell(stepper, process, message);
        long status = stepper.Do(
            world => world.HasMessage(processes + process) ? world.Receive(processes + process) : -1,
            world => world.HasMessage(processes + process) || world.Note($"late {process}") != 0);
        if (status >= 0)
        {
            return (ReplyStatus)status;
        }

        Tell(stepper, process, GivenUp);
        return ReplyStatus.TimedOut;
    }

    /// <summary>A clock that may end a process's wait at any moment.</summary>
    protected static Actor Timer(int process) => new($"timer of {process}", [], (stepper, _) =>
    {
        stepper.Do(world => world.AddNote($"late {process}", 1));
        return null;
    }, MayDie: false);

    private byte[] Node(Stepper stepper, byte[] saved)
    {
        long mail = stepper.Choose(
            world => !Sleeps || world.Note(AwakeNote) > 0 ? [.. Enumerable.Range(1, processes).Where(world.HasMessage)] : [],
            static (world, process) => (world.Receive(process) << 8) | (long)process);
        var state = stepper.Quietly(() => MakeState(stepper.Memory));
        var reader = new WireReader(saved);
        state.Restore(ref reader);
        int process = (int)(mail & 0xFF);
        var caller = new Caller(process, Call: process);
        var effects = new Effects();
        switch (mail >> 8)
        {
            case Gone:
                state.Step(default, new LifecycleEvent.ProcessGone(process), default, effects);
                break;
            case GivenUp:
                state.Step(default, new LifecycleEvent.CallGivenUp(caller, TimedOut: true), default, effects);
                break;
            default:
                state.Step(caller, Command(process, mail >> 8), default, effects);
                break;
        }

        foreach (var (to, reply) in effects.Replies)
        {
            stepper.Do(world => world.Send(processes + to.Process, (long)reply.Status));
        }

        if (Sleeps)
        {
            stepper.Do(world => Enumerable.Range(1, processes).Any(world.HasMessage) ? 1 : world.AddNote(AwakeNote, -world.Note(AwakeNote)));
        }

        return Saved(state);
    }

    private static byte[] Saved(IDurableState state)
    {
        using var writer = new WireWriter();
        state.Save(writer);
        return writer.ToArray();
    }
}
