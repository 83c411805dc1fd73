using System.Globalization;
using Multiproc.Serialization;
using Multiproc.Serialization.Codecs;

namespace Multiproc.Processes;

/// <summary>
/// Sends the cultures of the thread that starts a child to the child. The system's default cultures are not sent: the child has them anyway, and so need
/// not load the types for cultures.
/// </summary>
internal static class CultureTravel
{
    private static (CultureInfo Culture, CultureInfo UI)? s_beginning;

    /// <summary>Packs the cultures of this thread; empty if they are the system's defaults.</summary>
    public static Payload OfThisThread()
    {
        var (culture, ui) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        var (ofThreads, uiOfThreads) = (CultureInfo.DefaultThreadCurrentCulture, CultureInfo.DefaultThreadCurrentUICulture);
        if (ofThreads is null && uiOfThreads is null && IsBeginning(culture, ui))
        {
            return Payload.Empty;
        }

        using var writer = new WireWriter();
        Cultures.Write(writer, culture);
        Cultures.Write(writer, ui);
        Cultures.Write(writer, ofThreads ?? culture);
        Cultures.Write(writer, uiOfThreads ?? ui);
        return new Payload(writer.ToArray());
    }

    /// <summary>
    /// Sets received cultures for this thread and, in a child process, for all later threads, so that callbacks and calls of managers have the target's
    /// culture.
    /// </summary>
    /// <exception cref="SerializationException">A culture is not known in this process.</exception>
    public static void Arrive(Payload packed, bool ofProcess)
    {
        var reader = new WireReader(packed.Bytes.Span);
        CultureInfo.CurrentCulture = Cultures.Read(ref reader);
        CultureInfo.CurrentUICulture = Cultures.Read(ref reader);
        if (ofProcess)
        {
            CultureInfo.DefaultThreadCurrentCulture = Cultures.Read(ref reader);
            CultureInfo.DefaultThreadCurrentUICulture = Cultures.Read(ref reader);
        }
    }

    /// <summary>Remembers the current cultures; the returned action restores them.</summary>
    public static Action Keep()
    {
        var (culture, ui) = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        return () =>
        {
            (CultureInfo.DefaultThreadCurrentCulture, CultureInfo.DefaultThreadCurrentUICulture) = (null, null);
            (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = (culture, ui);
        };
    }

    private static bool IsBeginning(CultureInfo culture, CultureInfo ui)
    {
        if (AppContext.TryGetSwitch("System.Globalization.Invariant", out bool invariant) && invariant)
        {
            return ReferenceEquals(culture, CultureInfo.InvariantCulture) && ReferenceEquals(ui, CultureInfo.InvariantCulture);
        }

        var beginning = s_beginning ??= OfFreshThread();
        return ReferenceEquals(culture, beginning.Culture) && ReferenceEquals(ui, beginning.UI);
    }

    /// <summary>Gets the system's default cultures. No property has them once a program has set others, but a thread to which no context flows does.</summary>
    private static (CultureInfo Culture, CultureInfo UI) OfFreshThread()
    {
        (CultureInfo, CultureInfo) found = default;
        var thread = new Thread(
            () => found = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture), 128 * 1024) { IsBackground = true, Name = "multiproc culture" };
        thread.UnsafeStart();
        thread.Join();
        return found;
    }
}
