using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>The commands of a manager itself. Their tags are part of the wire format.</summary>
internal abstract record ManagerCommand : IWireCommand
{
    /// <summary>Read-only commands may be retried.</summary>
    public bool IsIdempotent => this is Describe or Locate or NamedLock;

    /// <summary>Creates an object of an object type in the manager's process; replies with its handle.</summary>
    public sealed record Create(byte Kind, Payload Options) : ManagerCommand
    {
        public const byte Tag = 1;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.Byte(Kind);
            writer.Payload(Options);
        }
    }

    public sealed record Shutdown : ManagerCommand
    {
        public const byte Tag = 2;

        public static readonly Shutdown Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>Replies with the number of objects.</summary>
    public sealed record Count : ManagerCommand
    {
        public const byte Tag = 8;

        public static readonly Count Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>Replies with the number, type, count of holders and state summary of each object.</summary>
    public sealed record Describe : ManagerCommand
    {
        public const byte Tag = 5;

        public static readonly Describe Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>Creates a user's object of a registered type; replies with a <see cref="CallResult"/>.</summary>
    public sealed record Construct(string TypeId, Payload Arguments) : ManagerCommand
    {
        public const byte Tag = 6;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.String(TypeId);
            writer.Payload(Arguments);
        }
    }

    /// <summary>Replies with the address at which clients reach the manager.</summary>
    public sealed record Locate : ManagerCommand
    {
        public const byte Tag = 7;

        public static readonly Locate Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(Tag);
    }

    /// <summary>Replies with the handle of the lock of a name, which is created when it is first asked for, and lives as long as the manager.</summary>
    public sealed record NamedLock(string Name) : ManagerCommand
    {
        public const byte Tag = 9;

        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(Tag);
            writer.String(Name);
        }
    }

    public abstract void WriteTo(WireWriter writer);

    public static ICommand ReadFrom(ref WireReader reader) => reader.Byte() switch
    {
        Create.Tag => new Create(reader.Byte(), reader.Payload()),
        Shutdown.Tag => Shutdown.Instance,
        ReferenceCommand.Hold.Tag => new ReferenceCommand.Hold(Id(ref reader)),
        ReferenceCommand.Release.Tag => new ReferenceCommand.Release(Id(ref reader)),
        Describe.Tag => Describe.Instance,
        Construct.Tag => new Construct(reader.String(), reader.Payload()),
        Locate.Tag => Locate.Instance,
        Count.Tag => Count.Instance,
        NamedLock.Tag => new NamedLock(reader.String()),
        byte other => throw CommandFields.Unknown("manager", other),
    };

    private static long Id(ref WireReader reader)
    {
        ulong id = reader.VarUInt();
        return id <= long.MaxValue ? (long)id : throw new SerializationException($"Malformed command: {id} is no object.");
    }
}
