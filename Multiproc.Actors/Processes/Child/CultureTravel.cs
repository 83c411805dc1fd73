using System.Globalization;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.Serialization.Codecs;
using Multiproc.States;

namespace Multiproc.Processes;

/// <summary>
/// The cultures of the thread that starts a child, on their way to it. What any process begins with does not travel: the child begins with it as well, and need not load
/// what cultures are made of.
/// </summary>
internal static class CultureTravel
{
    private static (CultureInfo Culture, CultureInfo UI)? s_beginning;

    /// <summary>Empty when this thread has the cultures that any thread of any process begins with.</summary>
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

    /// <summary>Sets them for this thread and, in a process of its own, for all threads to come: callbacks and calls of managers speak as the target does.</summary>
    /// <exception cref="SerializationException">This process does not know the culture.</exception>
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

    /// <summary>What is now, to be set again.</summary>
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

    /// <summary>What the system gives is told by no property once a program has set something else; a thread that nothing flows to has it.</summary>
    private static (CultureInfo Culture, CultureInfo UI) OfFreshThread()
    {
        (CultureInfo, CultureInfo) found = default;
        var thread = new Thread(() => found = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture), 128 * 1024) { IsBackground = true, Name = "multiproc culture" };
        thread.UnsafeStart();
        thread.Join();
        return found;
    }
}
