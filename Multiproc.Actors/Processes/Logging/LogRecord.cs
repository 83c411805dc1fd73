using System.Collections;
using Microsoft.Extensions.Logging;
using Multiproc.Serialization;

namespace Multiproc.Processes.Logging;

/// <summary>A log record with the process that wrote it. Passed as the state of an ILogger entry, it has that process as properties.</summary>
internal sealed record LogRecord(
    LogLevel Level, EventId Event, string Process, int Pid, string Text, string? Error) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => 3;

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("Process", Process),
        1 => new("Pid", Pid),
        2 => new("{OriginalFormat}", "{Text}"),
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
    }

    public static LogRecord ReadFrom(ref WireReader reader)
    {
        var level = (LogLevel)reader.Byte();
        if (level is < LogLevel.Trace or >= LogLevel.None)
        {
            throw new SerializationException($"Malformed frame: {(int)level} is not a log level.");
        }

        return new LogRecord(level, ReadEvent(ref reader), reader.String(), reader.Natural(), reader.String(), reader.Bool() ? reader.String() : null);
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
