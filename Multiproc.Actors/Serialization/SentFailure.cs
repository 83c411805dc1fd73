namespace Multiproc.Serialization;

/// <summary>An exception on its way: as text, and as itself when it can be sent.</summary>
internal static class SentFailure
{
    public static void Write(WireWriter writer, Exception failure)
    {
        writer.String(failure.GetType().FullName ?? failure.GetType().Name);
        writer.String(failure.Message);
        writer.String(failure.StackTrace ?? "");
        int before = writer.Length;
        writer.Bool(true);
        try
        {
            Serializer.Serialize(writer, failure);
        }
        catch (SerializationException)
        {
            // A field of it cannot be sent: its text arrives all the same.
            writer.Truncate(before);
            writer.Bool(false);
        }
    }

    public static Exception Read(ref WireReader reader)
    {
        var remote = new RemoteException(reader.String(), reader.String(), reader.String());
        if (!reader.Bool())
        {
            return remote;
        }

        try
        {
            return Serializer.Deserialize<Exception>(ref reader);
        }
        catch (SerializationException unknown)
        {
            // A type that only the other process has: what it said is known all the same.
            return new RemoteException($"{remote.Message} ({unknown.Message})", remote);
        }
    }
}
