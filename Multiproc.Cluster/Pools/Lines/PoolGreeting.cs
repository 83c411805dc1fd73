using Multiproc.Serialization;

namespace Multiproc.Cluster.Pools;

/// <summary>What a pool says first to the agent of a node.</summary>
/// <param name="Caller">The node of the pool, as "host:port".</param>
/// <param name="Pid">The process of the pool.</param>
/// <param name="HardMemory">The most bytes of memory that a worker may use at any moment; 0 for no limit.</param>
/// <param name="SoftMemory">The most bytes of memory that a worker may use after a task; 0 for no limit.</param>
/// <param name="Program">The program that its workers run.</param>
internal sealed record PoolGreeting(string Caller, int Pid, long HardMemory, long SoftMemory, ProgramIdentity Program)
{
    private const int Version = 1;

    public void WriteTo(WireWriter writer)
    {
        writer.Byte(Version);
        writer.String(Caller);
        writer.VarUInt((uint)Pid);
        writer.VarUInt((ulong)HardMemory);
        writer.VarUInt((ulong)SoftMemory);
        Program.WriteTo(writer);
    }

    public static PoolGreeting ReadFrom(ref WireReader reader) => reader.Byte() is var version && version == Version
        ? new PoolGreeting(reader.String(), reader.Natural(), (long)reader.VarUInt(), (long)reader.VarUInt(), ProgramIdentity.ReadFrom(ref reader))
        : throw new SerializationException($"Malformed frame: version {version} of pools over nodes (ours is {Version}): use one version in all nodes.");
}

/// <summary>How a worker is to be started on a node.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Work">The serialized work of its process.</param>
/// <param name="Culture">Its cultures.</param>
/// <param name="Options">The serialized options of its process.</param>
internal sealed record WorkerOrder(string Name, Payload Work, Payload Culture, Payload Options)
{
    public void WriteTo(WireWriter writer)
    {
        writer.String(Name);
        writer.Bytes(Work.Bytes.Span);
        writer.Bytes(Culture.Bytes.Span);
        writer.Bytes(Options.Bytes.Span);
    }

    public static WorkerOrder ReadFrom(ref WireReader reader) =>
        new(reader.String(), new Payload(reader.Bytes().ToArray()), new Payload(reader.Bytes().ToArray()), new Payload(reader.Bytes().ToArray()));
}

/// <summary>How a worker ended.</summary>
/// <param name="Pid">Its process id; 0 if it is not known.</param>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Stderr">Its last lines on stderr.</param>
/// <param name="Memory">Its memory at the last check; null if it was not checked.</param>
/// <param name="RanOut">Whether it ran out of memory.</param>
/// <param name="Sentence">What is known about its memory, in words.</param>
internal sealed record WorkerEnd(int Pid, int ExitCode, string Stderr, long? Memory, bool RanOut, string Sentence)
{
    public void WriteTo(WireWriter writer)
    {
        writer.VarUInt((uint)Pid);
        writer.VarInt(ExitCode);
        writer.String(Stderr);
        writer.VarInt(Memory ?? -1);
        writer.Bool(RanOut);
        writer.String(Sentence);
    }

    public static WorkerEnd ReadFrom(ref WireReader reader) => new(
        reader.Natural(), (int)reader.VarInt(), reader.String(), reader.VarInt() is var memory && memory >= 0 ? memory : null, reader.Bool(),
        reader.String());
}
