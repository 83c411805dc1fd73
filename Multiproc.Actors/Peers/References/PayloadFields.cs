using Multiproc.Nodes;
using Multiproc.Serialization;
using Multiproc.SharedMemory;

namespace Multiproc.Peers.References;

/// <summary>Reads users' values out of commands. A value that refers to objects keeps them alive for as long as its bytes are kept here.</summary>
internal static class PayloadFields
{
    /// <summary>Reads a value into a copy: the frame is overwritten after the command was read.</summary>
    public static Payload Payload(this ref WireReader reader)
    {
        var bytes = reader.Bytes();
        byte[] copy = FreshArray.OfBytes(bytes.Length);
        bytes.CopyTo(copy);
        if (!reader.HasNoReferences && ReferenceMark.IsIn(copy))
        {
            Keep(reader.ReferencesRead, copy);
        }

        return new Payload(copy);
    }

    /// <summary>The node that reads a command keeps what it refers to; what is read elsewhere belongs to the node of this process.</summary>
    private static void Keep(Action<byte[]>? keep, byte[] value)
    {
        if (keep is not null)
        {
            keep(value);
        }
        else
        {
            Node.Current.Held.Attach(value);
        }
    }

    public static Payload[] Payloads(this ref WireReader reader)
    {
        var values = new Payload[reader.Count()];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = reader.Payload();
        }

        return values;
    }
}
