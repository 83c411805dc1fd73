using Multiproc.Objects;
using Multiproc.Serialization;

namespace Multiproc.Managers;

/// <summary>What can be asked of a manager itself. The tags are on the wire.</summary>
internal abstract record ManagerCommand : ICommand
{
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

    public abstract void WriteTo(WireWriter writer);

    public static ManagerCommand ReadFrom(ref WireReader reader)
    {
        byte tag = reader.Byte();
        return tag switch
        {
            1 => new Create(reader.Byte(), reader.Payload()),
            2 => Shutdown.Instance,
            _ => throw CommandFields.Unknown("manager", tag),
        };
    }
}
