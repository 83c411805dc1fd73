namespace Multiproc.Processes;

/// <summary>
/// Writes the library's own messages to stderr, and flushes both streams at the end of a child. Either stream may be closed, or be a writer of the program
/// that throws; such failures are ignored, since there is no place to report them.
/// </summary>
internal static class StandardStreams
{
    /// <summary>Writes a message to stderr in a single call, so that lines of several processes do not mix.</summary>
    public static void Complain(string text) => Try(() => Console.Error.Write(text + Environment.NewLine));

    /// <summary>Flushes writers that the program has installed; the framework's own writers do not buffer.</summary>
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
            // The stream is closed, or a writer of the program failed, and there is no other place to report it. CPython ignores it as well.
        }
    }
}
