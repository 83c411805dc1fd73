using Multiproc.Serialization;

namespace Multiproc.Nodes;

/// <summary>The address of a node: an id that no other process ever has, and the endpoint of its listener.</summary>
internal sealed record NodeAddress(Guid Id, int Pid, string Endpoint, string Name = "")
{
    public void WriteTo(WireWriter writer)
    {
        Id.TryWriteBytes(writer.Take(16));
        writer.VarUInt((uint)Pid);
        writer.String(Endpoint);
        writer.String(Name);
    }

    public static NodeAddress ReadFrom(ref WireReader reader) =>
        new(new Guid(reader.Raw(16)), reader.Natural(), reader.String(), reader.String());

    public override string ToString() => Name.Length == 0 ? $"process {Pid}" : $"{Name} (process {Pid})";
}
