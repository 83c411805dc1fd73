using Akka.Actor;
using Akka.Serialization;
using Multiproc.Cluster.Admission;
using Multiproc.Cluster.Journal;
using Multiproc.Cluster.Operating;
using Multiproc.Cluster.Sessions;
using Multiproc.Serialization;

namespace Multiproc.Cluster.Nodes;

/// <summary>Writes and reads what this package sends between nodes and keeps in journals, for Akka.</summary>
internal sealed class ClusterSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string Envelope = "e";
    private const string Gateway = "g";
    private const string Record = "r";
    private const string Question = "q";
    private const string Answer = "a";
    private const string Order = "o";
    private const string Report = "p";
    private const string PortAsked = "w";
    private const string PortTold = "v";

    /// <summary>A record by which an object ends: told apart from others in the database, so that what has ended need not be loaded.</summary>
    public const string End = "d";

    public override int Identifier => 7301;

    public override string Manifest(object o) => o switch
    {
        EntityEnvelope => Envelope,
        ToGateway => Gateway,
        JournalRecord.Ended => End,
        JournalRecord => Record,
        AdmissionQuestion => Question,
        AdmissionAnswer => Answer,
        ToOperator => Order,
        FromOperator => Report,
        PortQuestion => PortAsked,
        PortAnswer => PortTold,
        _ => throw Unknown(o.GetType().Name),
    };

    public override byte[] ToBinary(object obj)
    {
        using var writer = new WireWriter();
        switch (obj)
        {
            case EntityEnvelope envelope:
                writer.String(envelope.Entity);
                writer.Write(envelope.Message);
                break;
            case ToGateway message:
                writer.Write(message);
                break;
            case JournalRecord record:
                writer.Write(record);
                break;
            case AdmissionQuestion question:
                writer.Write(question);
                break;
            case AdmissionAnswer admission:
                writer.Write(admission);
                break;
            case ToOperator order:
                writer.Write(order);
                break;
            case FromOperator report:
                writer.Write(report);
                break;
            case PortQuestion:
                break;
            case PortAnswer answer:
                writer.VarUInt((uint)answer.Port);
                writer.String(answer.Problem);
                break;
            default:
                throw Unknown(obj.GetType().Name);
        }

        return writer.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        var reader = new WireReader(bytes);
        return manifest switch
        {
            Envelope => new EntityEnvelope(reader.String(), reader.ReadToEntity()),
            Gateway => reader.ReadToGateway(),
            Record or End => reader.ReadRecord(),
            Question => reader.ReadAdmissionQuestion(),
            Answer => reader.ReadAdmissionAnswer(),
            Order => reader.ReadToOperator(),
            Report => reader.ReadFromOperator(),
            PortAsked => PortQuestion.Instance,
            PortTold => new PortAnswer(reader.Natural(), reader.String()),
            _ => throw Unknown(manifest),
        };
    }

    private static SerializationException Unknown(string what) => new($"'{what}' is nothing that this version writes or reads: update this node.");
}
