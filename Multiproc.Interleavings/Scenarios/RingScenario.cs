using Multiproc.Interleavings.Exploring;
using Multiproc.Interleavings.Stepping;
using Multiproc.Transport.Rings;

namespace Multiproc.Interleavings.Scenarios;

/// <summary>
/// A ring with a writer that is faster than its room, and a reader. Records come whole and in order; a writer that finds no room is woken; a writer that dies
/// leaves what it had published.
/// </summary>
internal sealed unsafe class RingScenario : Scenario
{
    private const int Capacity = 64;
    private const int Bell = 1024;

    private static readonly int[] s_lengths = [8, 3, 8, 8, 5];

    public override string Name => "ring";

    public override Range PlainReads => 256..(256 + Capacity);

    public override IReadOnlyList<Actor> Actors => [new("writer", [0], Write), new("reader", [0], Read, MayDie: false)];

    public override void Died(World world, int actor) => world.AddNote("dead", 1);

    public override string? Wrong(World world) => world.Note("torn") != 0 ? "a record is not as it was written" : null;

    public override string? WrongAtTheEnd(World world, IReadOnlyList<bool> hasEnded, IReadOnlyList<bool> isDead) =>
        !isDead[0] && !hasEnded[0] ? "the writer waits for ever for room"
        : !isDead[0] && world.Note("read") != s_lengths.Length ? $"{world.Note("read")} of {s_lengths.Length} records were read"
        : BitConverter.ToInt64(world.Memory, 0) != BitConverter.ToInt64(world.Memory, 64) ? "what was published is not read"
        : null;

    /// <summary>Writes a record; waits as RingOutbox does: announces it, tries again, and sleeps.</summary>
    private static byte[]? Write(Stepper stepper, byte[] state)
    {
        int number = state[0];
        Span<byte> record = stackalloc byte[s_lengths[number]];
        record.Fill((byte)(number + 1));
        var writer = new RingWriter(stepper.Memory, Capacity);
        while (!writer.TryWrite(RecordKind.Frame, record, default))
        {
            int* bell = (int*)(stepper.Memory + Bell);
            int turn = Atomics.Read(in *bell);
            writer.MarkWaiting();
            if (!writer.TryWrite(RecordKind.Frame, record, default))
            {
                Transport.Futex.Wait(bell, turn, null);
                continue;
            }

            break;
        }

        return number + 1 < s_lengths.Length ? [(byte)(number + 1)] : null;
    }

    /// <summary>Reads a record in place, releases it, and wakes a writer that waits.</summary>
    private static byte[]? Read(Stepper stepper, byte[] state)
    {
        int number = state[0];
        var reader = new RingReader(stepper.Memory, Capacity);
        if (!reader.TryRead(out _, out var record))
        {
            // The doorbell has a scenario of its own.
            stepper.Do(static _ => 0, world => BitConverter.ToInt64(world.Memory, 0) != BitConverter.ToInt64(world.Memory, 64));
            return state;
        }

        // Somebody else may come between a record and the look at its content.
        int length = record.Length;
        fixed (byte* content = record)
        {
            stepper.Do(static _ => 0);
            var now = new ReadOnlySpan<byte>(content, length);
            bool isWhole = length == s_lengths[number] && now.IndexOfAnyExcept((byte)(number + 1)) < 0;
            stepper.Do(world => world.AddNote(isWhole ? "read" : "torn", 1));
        }

        reader.Release();
        if (reader.TakeWriterWaits())
        {
            int* bell = (int*)(stepper.Memory + Bell);
            Atomics.Change(ref *bell, static former => former + 1);
            Transport.Futex.Wake(bell);
        }

        return number + 1 < s_lengths.Length ? [(byte)(number + 1)] : null;
    }
}
