namespace Multiproc.Processes;

/// <summary>
/// What the library itself says on stderr, and the flush at the end of a child. Either stream may be closed, by this program or by the one that started it, or be a writer
/// of the program's own that throws: then nobody can read what is said, and the process goes on.
/// </summary>
internal static class StandardStreams
{
    /// <summary>In one call, so that the texts of several processes do not mix within a line.</summary>
    public static void Complain(string text) => Try(() => Console.Error.Write(text + Environment.NewLine));

    /// <summary>Writes what user code left in the buffers of writers of its own; the framework's have none.</summary>
    public static void Flush()
    {
        Try(static () => Console.Out.Flush());
        Try(static () => Console.Error.Flush());
    }

    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception unusable) when (unusable is not OutOfMemoryException)
        {
            // Closed, or a writer of the program's that failed: there is no other place to say so. CPython passes over it as well.
        }
    }
}
