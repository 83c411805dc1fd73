using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>What can be asked of a manager itself. The tags are on the wire.</summary>
internal abstract record ManagerCommand : IWireCommand
{
    /// <summary>Whoever only looks may look twice.</summary>
    public bool IsIdempotent => this is Describe or Locate;

    /// <summary>Makes an object of a kind in the manager's process; answers the way to it.</summary>
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

    /// <summary>Answers how many objects there are.</summary>
    public sealed record Count : ManagerCommand
    {
        public static readonly Count Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(8);
    }

    /// <summary>Answers number, kind, count of holders and numbers of each object.</summary>
    public sealed record Describe : ManagerCommand
    {
        public static readonly Describe Instance = new();

        public override void WriteTo(WireWriter writer) => writer.Byte(5);
    }

    /// <summary>Makes a user's object of a registered type; answers a <see cref="CallResult"/>.</summary>
    public sealed record Construct(string TypeId, Payload Arguments) : ManagerCommand
    {
        public override void WriteTo(WireWriter writer)
        {
            writer.Byte(6);
            writer.String(TypeId);
            writer.Payload(Arguments);
        }
    }

    /// <summary>Answers where the manager is found by others.</summary>
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
