namespace Multiproc.Serialization;

/// <summary>The wire form of an exception: its text, and the exception itself if it can be sent.</summary>
internal static class SentFailure
{
    private const int MostOfTooMuch = 4096;

    public static void Write(WireWriter writer, Exception failure)
    {
        int start = writer.Length;
        try
        {
            WriteWhole(writer, failure);
        }
        catch (SerializationException tooLarge)
        {
            // The text alone exceeds the size of a message. That must not end the process that reports it.
            writer.Truncate(start);
            WriteWhole(writer, new SerializationException(
                $"A {TypeNames.Of(failure.GetType())} was thrown whose text is too large to be sent ({tooLarge.Message}) It begins: "
                    + $"{Beginning(Text(failure, static each => each.Message))}"));
        }
    }

    private static string Beginning(string text) => text.Length <= MostOfTooMuch ? text : $"{text.AsSpan(0, MostOfTooMuch)}…";

    private static void WriteWhole(WireWriter writer, Exception failure)
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
            // A field of the exception cannot be sent, or one of its properties throws: its text is sent nevertheless.
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
        catch (Exception unknown) when (unknown is not OutOfMemoryException)
        {
            // The type exists in the other process only, or its deserialization throws: the text is known nevertheless.
            return new RemoteException($"{remote.Message} ({MessageOf(unknown)})", remote);
        }
    }

    /// <summary>Returns the message of an exception, even if its Message property throws.</summary>
    public static string MessageOf(Exception failure) => Text(failure, static each => each.Message);

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
