using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Cluster.Sessions;

/// <summary>The messages of sessions as bytes. The tags never change their meaning.</summary>
internal static class SessionWire
{
    public static void Write(this WireWriter writer, SessionId session)
    {
        writer.String(session.Node);
        writer.VarUInt((ulong)session.Number);
    }

    public static SessionId ReadSession(this ref WireReader reader) => new(reader.String(), (long)reader.VarUInt());

    public static void Write(this WireWriter writer, SessionStep step)
    {
        writer.Byte((byte)step.Kind);
        writer.VarUInt((uint)step.Process);
        writer.VarUInt((ulong)step.Call);
        writer.Bytes(step.Body.Span);
    }

    public static SessionStep ReadStep(this ref WireReader reader)
    {
        byte kind = reader.Byte();
        return kind <= (byte)StepKind.ProcessGone
            ? new SessionStep((StepKind)kind, reader.Natural(), (long)reader.VarUInt(), reader.Bytes().ToArray())
            : throw new SerializationException($"Malformed step: {kind} is not a kind of step. It is of a newer version: update this node.");
    }

    public static void Write(this WireWriter writer, ObjectSpec spec)
    {
        writer.String(spec.Name);
        writer.Byte(spec.Type);
        writer.String(spec.Kind);
        writer.Bytes(spec.Options.Bytes.Span);
    }

    public static ObjectSpec ReadSpec(this ref WireReader reader) => new(reader.String(), reader.Byte(), reader.String(), new Payload(reader.Bytes().ToArray()));

    public static void Write(this WireWriter writer, ToEntity message)
    {
        switch (message)
        {
            case ToEntity.Open open:
                writer.Byte(1);
                writer.Write(open.Session);
                writer.Write(open.Spec);
                break;
            case ToEntity.Submit submit:
                writer.Byte(2);
                writer.Write(submit.Session);
                writer.VarUInt((ulong)submit.Number);
                writer.VarUInt((ulong)submit.Floor);
                writer.Write(submit.Step);
                break;
            case ToEntity.Query query:
                writer.Byte(3);
                writer.Write(query.Session);
                writer.VarUInt((ulong)query.Id);
                writer.VarUInt((ulong)query.After);
                writer.Write(query.Step);
                break;
            case ToEntity.Probe probe:
                writer.Byte(4);
                writer.Write(probe.Session);
                writer.VarUInt((ulong)probe.Last);
                writer.VarUInt((uint)probe.Waiting.Count);
                foreach (long number in probe.Waiting)
                {
                    writer.VarUInt((ulong)number);
                }

                break;
        }
    }

    public static ToEntity ReadToEntity(this ref WireReader reader)
    {
        byte tag = reader.Byte();
        var session = reader.ReadSession();
        switch (tag)
        {
            case 1:
                return new ToEntity.Open(session, reader.ReadSpec());
            case 2:
                return new ToEntity.Submit(session, (long)reader.VarUInt(), (long)reader.VarUInt(), reader.ReadStep());
            case 3:
                return new ToEntity.Query(session, (long)reader.VarUInt(), (long)reader.VarUInt(), reader.ReadStep());
            case 4:
                long last = (long)reader.VarUInt();
                long[] waiting = new long[reader.Count()];
                for (int i = 0; i < waiting.Length; i++)
                {
                    waiting[i] = (long)reader.VarUInt();
                }

                return new ToEntity.Probe(session, last, waiting);
            default:
                throw new SerializationException($"Malformed message: {tag} is not a message to an object. It is of a newer version: update this node.");
        }
    }

    public static void Write(this WireWriter writer, ToGateway message)
    {
        switch (message)
        {
            case ToGateway.Opened opened:
                writer.Byte(1);
                writer.Write(opened.Session);
                opened.Reply.WriteTo(writer);
                break;
            case ToGateway.Replied replied:
                writer.Byte(2);
                writer.Write(replied.Session);
                writer.VarUInt((ulong)replied.Number);
                replied.Reply.WriteTo(writer);
                break;
            case ToGateway.Answered answered:
                writer.Byte(3);
                writer.Write(answered.Session);
                writer.VarUInt((ulong)answered.Id);
                answered.Reply.WriteTo(writer);
                break;
            case ToGateway.Progress progress:
                writer.Byte(4);
                writer.Write(progress.Session);
                writer.VarUInt((ulong)progress.Accepted);
                break;
            case ToGateway.Ended ended:
                writer.Byte(5);
                writer.Write(ended.Session);
                break;
        }
    }

    public static ToGateway ReadToGateway(this ref WireReader reader)
    {
        byte tag = reader.Byte();
        var session = reader.ReadSession();
        return tag switch
        {
            1 => new ToGateway.Opened(session, Reply.ReadFrom(ref reader)),
            2 => new ToGateway.Replied(session, (long)reader.VarUInt(), Reply.ReadFrom(ref reader)),
            3 => new ToGateway.Answered(session, (long)reader.VarUInt(), Reply.ReadFrom(ref reader)),
            4 => new ToGateway.Progress(session, (long)reader.VarUInt()),
            5 => new ToGateway.Ended(session),
            _ => throw new SerializationException($"Malformed message: {tag} is not a message of an object. It is of a newer version: update this node."),
        };
    }
}
