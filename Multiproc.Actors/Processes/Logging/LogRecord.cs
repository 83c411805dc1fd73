using System.Collections;
using Microsoft.Extensions.Logging;
using Multiproc.Serialization;

namespace Multiproc.Processes.Logging;

/// <summary>A log record with the process that wrote it. Passed as the state of an ILogger entry, it has that process as properties.</summary>
internal sealed record LogRecord(
    LogLevel Level, EventId Event, string Process, int Pid, string Text, string? Error) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private const string Format = "{OriginalFormat}";

    /// <summary>The logger that it is for; that with the number <see cref="LoggerAddress.None"/> for the log of the program.</summary>
    public LoggerAddress Logger { get; init; }

    /// <summary>What logged it, such as the full name of a service's class; null for the log of the program itself.</summary>
    public string? Category { get; init; }

    /// <summary>The values of a structured record, as text.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Fields { get; init; } = [];

    public int Count => 2 + Math.Max(1, Fields.Count);

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("Process", Process),
        1 => new("Pid", Pid),
        _ when index - 2 < Fields.Count => new(Fields[index - 2].Key, Fields[index - 2].Value),
        2 => new(Format, "{Text}"),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    public void WriteTo(WireWriter writer)
    {
        writer.Byte((byte)Level);
        writer.Int32(Event.Id);
        writer.String(Event.Name ?? "");
        writer.String(Process);
        writer.VarUInt((uint)Pid);
        writer.String(Text);
        writer.Bool(Error is not null);
        if (Error is not null)
        {
            writer.String(Error);
        }

        Logger.WriteTo(writer);
        writer.String(Category ?? "");
        writer.VarUInt((uint)Fields.Count);
        foreach (var (key, value) in Fields)
        {
            writer.String(key);
            writer.String(value);
        }
    }

    public static LogRecord ReadFrom(ref WireReader reader)
    {
        var level = (LogLevel)reader.Byte();
        if (level is < LogLevel.Trace or >= LogLevel.None)
        {
            throw new SerializationException($"Malformed frame: {(int)level} is not a log level.");
        }

        return new LogRecord(level, ReadEvent(ref reader), reader.String(), reader.Natural(), reader.String(), reader.Bool() ? reader.String() : null)
        {
            Logger = LoggerAddress.ReadFrom(ref reader),
            Category = reader.String() is { Length: > 0 } category ? category : null,
            Fields = ReadFields(ref reader),
        };
    }

    private static KeyValuePair<string, string>[] ReadFields(ref WireReader reader)
    {
        var fields = new KeyValuePair<string, string>[reader.Count(atLeast: 2)];
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i] = new(reader.String(), reader.String());
        }

        return fields;
    }

    private static EventId ReadEvent(ref WireReader reader)
    {
        int id = reader.Int32();
        string name = reader.String();
        return new EventId(id, name.Length == 0 ? null : name);
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => Error is null ? Text : $"{Text}{Environment.NewLine}{Error}";
}
