using Multiproc.Serialization;

namespace Multiproc.Processes;

/// <summary>Everything that a host must know before the target runs; the first message over the inherited connection.</summary>
/// <remarks>The program's key is empty if it is the same as the child's; the culture is empty if it is the system's default.</remarks>
internal sealed record ChildStart(
    string Name, string ProcessPath, bool Daemon, string ParentName, int ParentPid, ReadOnlyMemory<byte> AuthKey, ReadOnlyMemory<byte> ProgramKey,
    string Directory,
    Payload Culture, StartMethod Method, int LogLevel, bool WaitForDebugger, Payload Settings, Payload Keys, Payload Work)
{
    /// <summary>The log level of children that log nothing, which is the number of <c>LogLevel.None</c>.</summary>
    public const int NoLog = 6;

    public void WriteTo(WireWriter writer)
    {
        writer.String(Name);
        writer.String(ProcessPath);
        writer.Bool(Daemon);
        writer.String(ParentName);
        writer.VarUInt((uint)ParentPid);
        writer.Bytes(AuthKey.Span);
        writer.Bytes(ProgramKey.Span);
        writer.String(Directory);
        writer.Bytes(Culture.Bytes.Span);
        writer.Byte((byte)Method);
        writer.Byte((byte)LogLevel);
        writer.Bool(WaitForDebugger);
        writer.Bytes(Settings.Bytes.Span);
        writer.Bytes(Keys.Bytes.Span);
        writer.Bytes(Work.Bytes.Span);
    }

    public static ChildStart ReadFrom(ref WireReader reader) => new(
        reader.String(),
        reader.String(),
        reader.Bool(),
        reader.String(),
        reader.Natural(),
        reader.Bytes().ToArray(),
        reader.Bytes().ToArray(),
        reader.String(),
        new Payload(reader.Bytes().ToArray()),
        (StartMethod)reader.Byte(),
        reader.Byte(),
        reader.Bool(),
        new Payload(reader.Bytes().ToArray()),
        new Payload(reader.Bytes().ToArray()),
        new Payload(reader.Bytes().ToArray()));
}

/// <summary>The messages of <see cref="Multiproc.Peers.Service.Process"/>. The numbers are on the wire.</summary>
internal enum ProcessMessage : byte
{
    /// <summary>Parent to child: a <see cref="ChildStart"/>.</summary>
    Start = 1,

    /// <summary>Child to parent: the host has booted; from now on its stderr is the program's.</summary>
    Booted = 2,

    /// <summary>Child to parent: a server is ready for requests, or a warm process for work.</summary>
    Ready = 3,

    /// <summary>Parent to child: end as after SIGTERM.</summary>
    Terminate = 4,

    /// <summary>Parent to child: stop as after SIGINT.</summary>
    Interrupt = 5,

    /// <summary>Parent to warm process: a <see cref="ChildStart"/> whose work is to load what later starts need.</summary>
    Rehearse = 6,

    /// <summary>Child to parent: a log record.</summary>
    Log = 7,

    /// <summary>Warm process to parent: the start has arrived, and code of the program runs next.</summary>
    Begun = 8,

    /// <summary>Child to parent: a server could not start, with the reason.</summary>
    NotReady = 9,

    /// <summary>Child to parent: it keeps the objects of managers alive itself that its work refers to.</summary>
    HasReferences = 10,

    /// <summary>Parent to child: look at yourself and your children, and tell within some milliseconds.</summary>
    Look = 11,

    /// <summary>Child to parent: what it saw, as JSON.</summary>
    View = 12,
}
