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
        writer.Byte((byte)spec.Durability);
        writer.VarUInt((ulong)spec.ExpireAfter);
    }

    public static ObjectSpec ReadSpec(this ref WireReader reader)
    {
        var spec = new ObjectSpec(reader.String(), reader.Byte(), reader.String(), new Payload(reader.Bytes().ToArray()));
        byte durability = reader.Byte();
        return durability <= (byte)Durability.Memory
            ? spec with { Durability = (Durability)durability, ExpireAfter = (long)reader.VarUInt() }
            : throw new SerializationException($"Malformed object: {durability} is not a durability. It is of a newer version: update this node.");
    }

    public static EndReason ReadEnd(this ref WireReader reader)
    {
        byte reason = reader.Byte();
        return reason <= (byte)EndReason.Lost
            ? (EndReason)reason
            : throw new SerializationException($"Malformed end: {reason} is not a reason. It is of a newer version: update this node.");
    }

    public static void Write(this WireWriter writer, ToEntity message)
    {
        writer.Byte(message switch
        {
            ToEntity.Open => 1,
            ToEntity.Submit => 2,
            ToEntity.Query => 3,
            ToEntity.Probe => 4,
            ToEntity.Look => 5,
            ToEntity.Delete => 6,
            _ => throw new InvalidOperationException($"{message.GetType().Name} has no tag."),
        });
        writer.Write(message.Session);
        writer.VarUInt((ulong)message.Incarnation);
        switch (message)
        {
            case ToEntity.Open open:
                writer.Write(open.Spec);
                break;
            case ToEntity.Submit submit:
                writer.VarUInt((ulong)submit.Number);
                writer.VarUInt((ulong)submit.Floor);
                writer.Write(submit.Step);
                break;
            case ToEntity.Query query:
                writer.VarUInt((ulong)query.Id);
                writer.VarUInt((ulong)query.After);
                writer.Write(query.Step);
                break;
            case ToEntity.Probe probe:
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
        long incarnation = (long)reader.VarUInt();
        return tag switch
        {
            1 => new ToEntity.Open(session, incarnation, reader.ReadSpec()),
            2 => new ToEntity.Submit(session, incarnation, (long)reader.VarUInt(), (long)reader.VarUInt(), reader.ReadStep()),
            3 => new ToEntity.Query(session, incarnation, (long)reader.VarUInt(), (long)reader.VarUInt(), reader.ReadStep()),
            4 => new ToEntity.Probe(session, incarnation, (long)reader.VarUInt(), reader.ReadNumbers()),
            5 => new ToEntity.Look(session),
            6 => new ToEntity.Delete(session, incarnation),
            _ => throw new SerializationException($"Malformed message: {tag} is not a message to an object. It is of a newer version: update this node."),
        };
    }

    private static long[] ReadNumbers(this ref WireReader reader)
    {
        long[] numbers = new long[reader.Count()];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = (long)reader.VarUInt();
        }

        return numbers;
    }

    public static void Write(this WireWriter writer, ToGateway message)
    {
        writer.Byte(message switch
        {
            ToGateway.Opened => 1,
            ToGateway.Replied => 2,
            ToGateway.Answered => 3,
            ToGateway.Progress => 4,
            ToGateway.Ended => 5,
            ToGateway.Gone => 6,
            ToGateway.Seen => 7,
            ToGateway.Deleted => 8,
            _ => throw new InvalidOperationException($"{message.GetType().Name} has no tag."),
        });
        writer.Write(message.Session);
        switch (message)
        {
            case ToGateway.Opened opened:
                opened.Reply.WriteTo(writer);
                break;
            case ToGateway.Replied replied:
                writer.VarUInt((ulong)replied.Number);
                replied.Reply.WriteTo(writer);
                break;
            case ToGateway.Answered answered:
                writer.VarUInt((ulong)answered.Id);
                answered.Reply.WriteTo(writer);
                break;
            case ToGateway.Progress progress:
                writer.VarUInt((ulong)progress.Accepted);
                break;
            case ToGateway.Gone gone:
                writer.VarUInt((ulong)gone.After);
                writer.Byte((byte)gone.Reason);
                break;
            case ToGateway.Seen seen:
                writer.VarUInt((ulong)seen.Incarnation);
                writer.Bool(seen.Spec is not null);
                if (seen.Spec is { } spec)
                {
                    writer.Write(spec);
                }

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
            6 => new ToGateway.Gone(session, (long)reader.VarUInt(), reader.ReadEnd()),
            7 => new ToGateway.Seen(session, (long)reader.VarUInt(), reader.Bool() ? reader.ReadSpec() : null),
            8 => new ToGateway.Deleted(session),
            _ => throw new SerializationException($"Malformed message: {tag} is not a message of an object. It is of a newer version: update this node."),
        };
    }
}
