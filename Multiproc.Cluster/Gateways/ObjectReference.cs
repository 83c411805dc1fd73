using Multiproc.Cluster.Sessions;
using Multiproc.Peers.References;
using Multiproc.Serialization;

namespace Multiproc.Cluster.Gateways;

/// <summary>
/// What a facade of an object of the cluster is sent as: which object it is, in whatever node it lives. The space is the journal, which no two clusters share.
/// </summary>
internal static class ObjectReference
{
    public static NamedReference Of(string journal, ObjectSpec spec, long incarnation)
    {
        using var writer = new WireWriter();

        // Only creating an object needs its options.
        writer.Write(spec with { Options = default });
        writer.VarUInt((ulong)incarnation);
        return new NamedReference(journal, spec.Name, new Payload(writer.ToArray()));
    }

    public static (ObjectSpec Spec, long Incarnation) Read(NamedReference reference)
    {
        var reader = new WireReader(reference.Description.Bytes.Span);
        var spec = reader.ReadSpec();
        long incarnation = (long)reader.VarUInt();
        return incarnation > 0 ? (spec, incarnation) : throw new SerializationException($"Malformed reference: '{spec.Name}' number {incarnation}.");
    }
}
