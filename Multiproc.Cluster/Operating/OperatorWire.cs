using Multiproc.Cluster.Sessions;
using Multiproc.Serialization;

namespace Multiproc.Cluster.Operating;

/// <summary>The messages of operators as bytes. The tags never change their meaning.</summary>
internal static class OperatorWire
{
    private delegate T ItemReader<T>(ref WireReader reader);

    public static void Write(this WireWriter writer, ToOperator message)
    {
        switch (message)
        {
            case ToOperator.Members:
                writer.Byte(1);
                break;
            case ToOperator.Survey:
                writer.Byte(2);
                break;
            case ToOperator.Pids pids:
                writer.Byte(3);
                WriteMany(writer, pids.Processes, static (to, each) => to.VarUInt((uint)each));
                break;
            case ToOperator.Inspect:
                writer.Byte(4);
                break;
            case ToOperator.Leave leave:
                writer.Byte(5);
                writer.String(leave.Address);
                break;
            case ToOperator.Down down:
                writer.Byte(6);
                writer.String(down.Address);
                break;
            case ToOperator.Sites sites:
                writer.Byte(7);
                WriteMany(writer, sites.Waiters, static (to, each) =>
                {
                    to.VarUInt((uint)each.Process);
                    to.VarInt(each.Call);
                });
                break;
        }
    }

    public static ToOperator ReadToOperator(this ref WireReader reader) => reader.Byte() switch
    {
        1 => new ToOperator.Members(),
        2 => new ToOperator.Survey(),
        3 => new ToOperator.Pids(ReadMany(ref reader, static (ref WireReader from) => from.Natural())),
        4 => new ToOperator.Inspect(),
        5 => new ToOperator.Leave(reader.String()),
        6 => new ToOperator.Down(reader.String()),
        7 => new ToOperator.Sites(ReadMany(ref reader, static (ref WireReader from) => (from.Natural(), from.VarInt()))),
        var tag => throw Unknown(tag),
    };

    public static void Write(this WireWriter writer, FromOperator message)
    {
        switch (message)
        {
            case FromOperator.MembersAre members:
                writer.Byte(1);
                WriteMany(writer, members.Members, WriteMember);
                break;
            case FromOperator.SurveyIs survey:
                writer.Byte(2);
                WriteMany(writer, survey.Objects, WriteSight);
                break;
            case FromOperator.PidsAre pids:
                writer.Byte(3);
                WriteMany(writer, pids.Pids, static (to, each) => to.VarUInt((uint)each));
                break;
            case FromOperator.InspectionIs inspection:
                writer.Byte(4);
                WriteMany(writer, inspection.Report.Objects, WriteReport);
                WriteMany(writer, inspection.Report.Silent, static (to, each) => to.String(each));
                break;
            case FromOperator.Done done:
                writer.Byte(5);
                writer.String(done.Text);
                break;
            case FromOperator.Failed failed:
                writer.Byte(6);
                writer.String(failed.Reason);
                break;
            case FromOperator.SitesAre sites:
                writer.Byte(7);
                WriteMany(writer, sites.Sites, static (to, each) =>
                {
                    to.Bool(each.IsBlocked);
                    to.String(each.Place);
                });
                break;
        }
    }

    public static FromOperator ReadFromOperator(this ref WireReader reader) => reader.Byte() switch
    {
        1 => new FromOperator.MembersAre(ReadMany(ref reader, ReadMember)),
        2 => new FromOperator.SurveyIs(ReadMany(ref reader, ReadSight)),
        3 => new FromOperator.PidsAre(ReadMany(ref reader, static (ref WireReader from) => from.Natural())),
        4 => new FromOperator.InspectionIs(
            new ClusterReport(ReadMany(ref reader, ReadReport), ReadMany(ref reader, static (ref WireReader from) => from.String()))),
        5 => new FromOperator.Done(reader.String()),
        6 => new FromOperator.Failed(reader.String()),
        7 => new FromOperator.SitesAre(ReadMany(ref reader, static (ref WireReader from) => (from.Bool(), from.String()))),
        var tag => throw Unknown(tag),
    };

    private static SerializationException Unknown(byte tag) =>
        new($"Malformed message: {tag} is not a message to or of an operator. It is of a newer version: use the same version as the node.");

    private static void WriteMember(WireWriter writer, ClusterMember member)
    {
        writer.String(member.Address);
        WriteMany(writer, member.Roles, static (to, each) => to.String(each));
        writer.String(member.Status);
        writer.Bool(member.IsReachable);
        writer.Bool(member.IsSelf);
    }

    private static ClusterMember ReadMember(ref WireReader reader) => new(
        reader.String(), ReadMany(ref reader, static (ref WireReader from) => from.String()), reader.String(), reader.Bool(), reader.Bool());

    private static void WriteSight(WireWriter writer, EntitySight sight)
    {
        writer.String(sight.Name);
        writer.String(sight.Type);
        WriteMany(writer, sight.Holders, WriteParty);
        WriteMany(writer, sight.Waiters, WriteParty);
        WriteCounts(writer, sight.Counts);
        WriteMany(writer, sight.Waits, static (to, each) =>
        {
            WriteParty(to, each.Waiter);
            WriteParty(to, each.Holder);
        });
    }

    private static EntitySight ReadSight(ref WireReader reader) =>
        new(reader.String(), reader.String(), ReadMany(ref reader, ReadParty), ReadMany(ref reader, ReadParty), ReadCounts(ref reader))
        {
            Waits = ReadMany(ref reader, static (ref WireReader from) => (ReadParty(ref from), ReadParty(ref from))),
        };

    private static void WriteParty(WireWriter writer, SightParty party)
    {
        writer.String(party.Node);
        writer.VarUInt((uint)party.Process);
        writer.VarInt(party.Thread);
        writer.VarInt(party.Amount);
    }

    private static SightParty ReadParty(ref WireReader reader) => new(reader.String(), reader.Natural(), (int)reader.VarInt(), reader.VarInt());

    private static void WriteReport(WireWriter writer, ClusterObjectReport report)
    {
        writer.String(report.Name);
        writer.String(report.Type);
        writer.String(report.Node);
        WriteMany(writer, report.Holders, static (to, each) =>
        {
            WriteWho(to, each.Who);
            to.VarInt(each.Count);
        });
        WriteMany(writer, report.Waiters, WriteWho);
        WriteCounts(writer, report.Counts);
    }

    private static ClusterObjectReport ReadReport(ref WireReader reader) => new()
    {
        Name = reader.String(),
        Type = reader.String(),
        Node = reader.String(),
        Holders = ReadMany(ref reader, static (ref WireReader from) => new ClusterHolder(ReadWho(ref from), from.VarInt())),
        Waiters = ReadMany(ref reader, ReadWho),
        Counts = ReadCounts(ref reader),
    };

    private static void WriteWho(WireWriter writer, ClusterParty who)
    {
        writer.String(who.Node);
        writer.VarUInt((uint)who.Pid);
        writer.VarInt(who.Thread);
    }

    private static ClusterParty ReadWho(ref WireReader reader) => new(reader.String(), reader.Natural(), (int)reader.VarInt());

    private static void WriteCounts(WireWriter writer, IReadOnlyDictionary<string, long> counts) => WriteMany(writer, [.. counts], static (to, each) =>
    {
        to.String(each.Key);
        to.VarInt(each.Value);
    });

    private static Dictionary<string, long> ReadCounts(ref WireReader reader) =>
        ReadMany(ref reader, static (ref WireReader from) => KeyValuePair.Create(from.String(), from.VarInt())).ToDictionary();

    private static void WriteMany<T>(WireWriter writer, IReadOnlyList<T> items, Action<WireWriter, T> write)
    {
        writer.VarUInt((uint)items.Count);
        foreach (var item in items)
        {
            write(writer, item);
        }
    }

    private static T[] ReadMany<T>(ref WireReader reader, ItemReader<T> read)
    {
        var items = new T[reader.Count()];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = read(ref reader);
        }

        return items;
    }
}
