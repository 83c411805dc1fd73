using Multiproc.Serialization;

namespace Multiproc.Processes.Logging;

/// <summary>The wire form of a logger of the program.</summary>
internal sealed class LoggerForm(LoggerAddress address) : ISelfCoded<LoggerForm>, IArrivesAs
{
    public object Arrived => (object?)SentLoggers.Find(address) ?? new SentLogger(address, this);

    /// <param name="address">Whose logger it is.</param>
    /// <param name="category">The category of a typed logger; null if it has none.</param>
    public static IArrivesAs Of(LoggerAddress address, Type? category) => category is null
        ? new LoggerForm(address)
        : (IArrivesAs)Activator.CreateInstance(typeof(LoggerForm<>).MakeGenericType(category), address)!;

    public void WriteTo(WireWriter writer) => address.WriteTo(writer);

    public static LoggerForm ReadFrom(ref WireReader reader) => new(LoggerAddress.ReadFrom(ref reader));
}

/// <summary>The wire form of a logger of a category.</summary>
internal sealed class LoggerForm<TCategory>(LoggerAddress address) : ISelfCoded<LoggerForm<TCategory>>, IArrivesAs
{
    public object Arrived => (object?)SentLoggers.Find(address) ?? new SentLogger<TCategory>(address, this);

    public void WriteTo(WireWriter writer) => address.WriteTo(writer);

    public static LoggerForm<TCategory> ReadFrom(ref WireReader reader) => new(LoggerAddress.ReadFrom(ref reader));
}
