using Multiproc.Serialization;

namespace Multiproc.Cluster.Admission;

/// <summary>The messages of admission as bytes. Nodes of different versions must understand each other here: fields are only ever added, at the end.</summary>
internal static class AdmissionWire
{
    public static void Write(this WireWriter writer, AdmissionQuestion question)
    {
        writer.String(question.Papers.Version);
        writer.String(question.Papers.Journal);
        writer.String(question.Papers.Storage);
        writer.String(question.Papers.Address);
    }

    public static AdmissionQuestion ReadAdmissionQuestion(this ref WireReader reader) =>
        new(new NodePapers(reader.String(), reader.String(), reader.String(), reader.String()));

    public static void Write(this WireWriter writer, AdmissionAnswer answer)
    {
        writer.Bool(answer.IsMember);
        writer.String(answer.Problem);
    }

    public static AdmissionAnswer ReadAdmissionAnswer(this ref WireReader reader) => new(reader.Bool(), reader.String());
}
