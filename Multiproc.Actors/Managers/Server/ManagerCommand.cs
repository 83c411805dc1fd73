using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>The commands of a manager itself. Their tags are part of the wire format.</summary>
internal abstract record ManagerCommand : IWireCommand
{
    /// <summary>Read-only commands may be retried.</summary>
    public bool IsIdempotent => this is Describe or Locate;

    /// <summary>Creates an object of an object type in the manager's process; replies with its handle.</summary>
    public sealed record Create(byte Kind, Payload Options) : ManagerCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(1);
            writer.Byte(Kind);
            writer.Payload(Options);
        }
    }

    public sealed record Shutdown : ManagerCommand
    {
        public static readonly Shutdown Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(2);
    }

    /// <summary>Replies with the number of objects.</summary>
    public sealed record Count : ManagerCommand
    {
        public static readonly Count Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(8);
    }

    /// <summary>Replies with the number, type, count of holders and state summary of each object.</summary>
    public sealed record Describe : ManagerCommand
    {
        public static readonly Describe Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(5);
    }

    /// <summary>Creates a user's object of a registered type; replies with a <see cref="CallResult"/>.</summary>
    public sealed record Construct(string TypeId, Payload Arguments) : ManagerCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(6);
            writer.String(TypeId);
            writer.Payload(Arguments);
        }
    }

    /// <summary>Replies with the address at which clients reach the manager.</summary>
    public sealed record Locate : ManagerCommand
    {
        public static readonly Locate Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(7);
    }

    public abstract void WriteTo(WireWriter writer);

    public static ICommand ReadFrom(ref WireReader reader)
    {
        byte tag = reader.Byte();
        return tag switch
        {
            1 => new Create(reader.Byte(), reader.Payload()),
            2 => Shutdown.Instance,
            ReferenceCommand.HoldTag => new ReferenceCommand.Hold(Id(ref reader)),
            ReferenceCommand.ReleaseTag => new ReferenceCommand.Release(Id(ref reader)),
            5 => Describe.Instance,
            6 => new Construct(reader.String(), reader.Payload()),
            7 => Locate.Instance,
            8 => Count.Instance,
            _ => throw CommandFields.Unknown("manager", tag),
        };
    }

    private static long Id(ref WireReader reader)
    {
        ulong id = reader.VarUInt();
        return id <= long.MaxValue ? (long)id : throw new SerializationException($"Malformed command: {id} is no object.");
    }
}
