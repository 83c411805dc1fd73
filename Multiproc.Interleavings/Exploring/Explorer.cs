using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Multiproc.Interleavings.Stepping;
using Multiproc.SharedMemory;

namespace Multiproc.Interleavings.Exploring;

/// <summary>
/// Tries all interleavings of a scenario, with a death at any point: depth first, each moment once. A moment is the world and what each actor has seen since
/// its operation began.
/// </summary>
internal sealed unsafe class Explorer : IDisposable
{
    private readonly Scenario _scenario;
    private readonly int _mostStates;
    private readonly MappedMemory _memory = MappedMemory.Create(Scenario.Bytes);
    private readonly HashSet<UInt128> _seen = [];
    private readonly List<string> _trace = [];
    private IReadOnlyList<Actor> _actors = [];

    public Explorer(Scenario scenario, int mostStates)
    {
        (_scenario, _mostStates) = (scenario, mostStates);
        Protocols.Memory = _memory;
    }

    public int States => _seen.Count;

    public int Ends { get; private set; }

    /// <summary>Looks for a history that breaks an invariant.</summary>
    /// <returns>The history and what is wrong; null if there is none.</returns>
    /// <exception cref="InvalidOperationException">There are more states than allowed.</exception>
    public string? Explore()
    {
        var world = new World(Scenario.Bytes, _scenario.Channels);
        var span = new Span<byte>(_memory.Address, Scenario.Bytes);
        span.Clear();
        Direct(world, () => _scenario.Begin(world, _memory.Address));
        _actors = _scenario.Actors;
        return Visit(new Moment(world, [.. _actors.Select(static actor => new Doing(actor.Begin, [], [], false))], 0));
    }

    public void Dispose() => _memory.Dispose();

    /// <summary>Runs code of the protocol as one step, at the beginning.</summary>
    private void Direct(World world, Action code)
    {
        var whole = new Operation((stepper, _) =>
        {
            code();
            return null;
        });
        IReadOnlyList<Access> recorded = [];
        while (true)
        {
            var outcome = Stepper.Step(whole, [], recorded, world, _memory.Address);
            foreach (var (offset, value) in outcome.Plain)
            {
                world.Memory[offset] = value;
            }

            if (outcome.IsOver)
            {
                return;
            }

            recorded = outcome.Recorded;
        }
    }

    private string? Visit(Moment moment)
    {
        if (!_seen.Add(Hash(moment)))
        {
            return null;
        }

        if (_seen.Count > _mostStates)
        {
            throw new InvalidOperationException($"{_scenario.Name} has more than {_mostStates} states: make it smaller.");
        }

        if (_scenario.Wrong(moment.World) is { } wrong)
        {
            return Told(wrong);
        }

        bool anybody = false;
        for (int who = 0; who < moment.Actors.Length; who++)
        {
            if (moment.Actors[who].State is null || moment.Actors[who].IsDead)
            {
                continue;
            }

            for (int choice = 0; Next(moment, who, choice) is { } next; choice++)
            {
                anybody = true;
                if (next.Moment is null)
                {
                    return Told($"{_actors[who].Name} throws: {next.What}");
                }

                if (Down(next.Moment, $"{_actors[who].Name}: {next.What}") is { } found)
                {
                    return found;
                }

                if (choice + 1 >= next.Choices)
                {
                    break;
                }
            }

            if (_actors[who].MayDie && moment.Deaths < _scenario.MostDeaths
                && Down(Killed(moment, who), $"{_actors[who].Name} dies") is { } afterDeath)
            {
                return afterDeath;
            }
        }

        if (anybody)
        {
            return null;
        }

        Ends++;
        bool[] hasEnded = [.. moment.Actors.Select((doing, who) => doing.State is null || _actors[who].IsServer)];
        return _scenario.WrongAtTheEnd(moment.World, hasEnded, [.. moment.Actors.Select(static doing => doing.IsDead)]) is { } wrongly ? Told(wrongly) : null;
    }

    private string? Down(Moment moment, string what)
    {
        _trace.Add(what);
        string? found = Visit(moment);
        if (found is null)
        {
            _trace.RemoveAt(_trace.Count - 1);
        }

        return found;
    }

    private (Moment? Moment, string What, int Choices)? Next(Moment moment, int who, int choice)
    {
        var doing = moment.Actors[who];
        var world = moment.World.Clone();
        if (doing.Plain.Count > 0)
        {
            foreach (var (offset, value) in doing.Plain)
            {
                world.Memory[offset] = value;
            }

            var written = doing with { Plain = [], State = doing.IsOver ? doing.NextState : doing.State, IsOver = false };
            return (moment.With(who, written, world), "plain writes", 1);
        }

        var outcome = Stepper.Step(_actors[who].Code, doing.State!, doing.Recorded, world, _memory.Address, choice);
        if (outcome.IsBlocked)
        {
            return null;
        }

        if (outcome.Failure is { } failure)
        {
            return (null, failure.ToString(), 0);
        }

        string what = outcome.Recorded.Count > doing.Recorded.Count ? $"access {outcome.Recorded.Count} gives {outcome.Recorded[^1].Result:x}" : "ends";
        var next = outcome switch
        {
            { IsOver: true, Plain.Count: 0 } => new Doing(outcome.Next, [], [], false),
            { IsOver: true } => new Doing(doing.State, [], outcome.Plain, false) { IsOver = true, NextState = outcome.Next },
            _ => doing with { Recorded = outcome.Recorded, Plain = outcome.Plain },
        };
        return (moment.With(who, next, world), what, outcome.Choices);
    }

    private Moment Killed(Moment moment, int who)
    {
        var world = moment.World.Clone();
        _scenario.Died(world, who);
        return moment.With(who, moment.Actors[who] with { IsDead = true, Recorded = [], Plain = [] }, world) with { Deaths = moment.Deaths + 1 };
    }

    private string Told(string wrong) => $"{_scenario.Name}: {wrong}\n{string.Join('\n', _trace.Select(static (what, number) => $"  {number + 1}. {what}"))}";

    private UInt128 Hash(Moment moment)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        moment.World.WriteTo(writer);
        writer.Write(moment.Deaths);
        foreach (var doing in moment.Actors)
        {
            writer.Write(doing.IsDead);
            Write(writer, doing.State);
            Write(writer, doing.NextState);
            writer.Write(doing.IsOver);
            foreach (var access in doing.Recorded)
            {
                writer.Write(access.Result);
                World.Write(writer, access.Memory.AsSpan(_scenario.PlainReads));
            }

            foreach (var (offset, value) in doing.Plain)
            {
                writer.Write(offset);
                writer.Write(value);
            }

            writer.Write(int.MinValue);
        }

        writer.Flush();
        return MemoryMarshal.Read<UInt128>(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
    }

    private static void Write(BinaryWriter writer, byte[]? state)
    {
        writer.Write(state?.Length ?? -1);
        writer.Write(state ?? []);
    }

    /// <summary>Where an actor is.</summary>
    private sealed record Doing(byte[]? State, IReadOnlyList<Access> Recorded, IReadOnlyList<(int Offset, byte Value)> Plain, bool IsDead)
    {
        /// <summary>Whether only the plain writes of the operation are left.</summary>
        public bool IsOver { get; init; }

        public byte[]? NextState { get; init; }
    }

    private sealed record Moment(World World, Doing[] Actors, int Deaths)
    {
        public Moment With(int who, Doing doing, World world)
        {
            var actors = (Doing[])Actors.Clone();
            actors[who] = doing;
            return this with { World = world, Actors = actors };
        }
    }
}
