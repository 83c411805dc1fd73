using Multiproc.Serialization;

namespace Multiproc.Peers.References;

/// <summary>
/// What an object is known by that no process owns: the space of its name, the name, and what the space has to say of it. It means the same in every process
/// and outlives them all. The bytes are the same whoever writes them, so that values which refer to the same object are equal.
/// </summary>
internal sealed record NamedReference(string Space, string Name, Payload Description)
{
    public void WriteTo(WireWriter writer)
    {
        writer.String(Space);
        writer.String(Name);
        writer.Bytes(Description.Bytes.Span);
    }

    public static NamedReference ReadFrom(ref WireReader reader) =>
        new(reader.String(), reader.String(), new Payload(reader.Bytes().ToArray()));
}
