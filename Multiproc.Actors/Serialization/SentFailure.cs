namespace Multiproc.Serialization;

/// <summary>An exception on its way: as text, and as itself when it can be sent.</summary>
internal static class SentFailure
{
    public static void Write(WireWriter writer, Exception failure)
    {
        writer.String(failure.GetType().FullName ?? failure.GetType().Name);
        writer.String(Text(failure, static each => each.Message));
        writer.String(Text(failure, static each => each.StackTrace));
        int before = writer.Length;
        writer.Bool(true);
        try
        {
            Serializer.Serialize(writer, failure);
        }
        catch (Exception unsendable) when (unsendable is not OutOfMemoryException)
        {
            // A field of it cannot be sent, or a property of it throws in its turn: its text arrives all the same.
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

    private static string Text(Exception failure, Func<Exception, string?> part)
    {
        try
        {
            return part(failure) ?? "";
        }
        catch (Exception itself)
        {
            return $"({itself.GetType().Name} while this was asked for)";
        }
    }
}
