using System.Collections.Immutable;

namespace Multiproc.Interleavings.Stepping;

/// <summary>What the actors share at a moment: the mapped memory, the messages on their way, who sleeps, and the notes of the oracle.</summary>
internal sealed class World(int bytes, int channels)
{
    private ImmutableArray<ImmutableQueue<long>> _channels = [.. Enumerable.Repeat(ImmutableQueue<long>.Empty, channels)];
    private ImmutableList<(long Ticket, int Word)> _sleepers = [];
    private long _tickets;

    public byte[] Memory { get; private set; } = new byte[bytes];

    /// <summary>The oracle's notes: no code of the product sees them.</summary>
    public ImmutableSortedDictionary<string, long> Notes { get; set; } = ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    public World Clone()
    {
        var copy = (World)MemberwiseClone();
        copy.Memory = (byte[])Memory.Clone();
        return copy;
    }

    /// <summary>Sends a message, which arrives after all that were sent by the same channel.</summary>
    public long Send(int channel, long message)
    {
        _channels = _channels.SetItem(channel, _channels[channel].Enqueue(message));
        return 0;
    }

    public bool HasMessage(int channel) => !_channels[channel].IsEmpty;

    public long Receive(int channel)
    {
        _channels = _channels.SetItem(channel, _channels[channel].Dequeue(out long message));
        return message;
    }

    public long FallAsleep(int word)
    {
        _sleepers = _sleepers.Add((++_tickets, word));
        return _tickets;
    }

    public bool IsAsleep(long ticket) => _sleepers.Exists(each => each.Ticket == ticket);

    /// <returns>How many were woken.</returns>
    public long WakeOne(int word)
    {
        int which = _sleepers.FindIndex(each => each.Word == word);
        _sleepers = which < 0 ? _sleepers : _sleepers.RemoveAt(which);
        return which < 0 ? 0 : 1;
    }

    public long Note(string name) => Notes.GetValueOrDefault(name);

    /// <returns>The new value.</returns>
    public long AddNote(string name, long change)
    {
        long value = Note(name) + change;
        Notes = value == 0 ? Notes.Remove(name) : Notes.SetItem(name, value);
        return value;
    }

    /// <summary>Writes a memory without the zeros at its end.</summary>
    public static void Write(BinaryWriter writer, ReadOnlySpan<byte> memory)
    {
        var used = memory.TrimEnd((byte)0);
        writer.Write(used.Length);
        writer.Write(used);
    }

    /// <summary>Writes everything that makes one moment different from another.</summary>
    public void WriteTo(BinaryWriter writer)
    {
        Write(writer, Memory);
        foreach (var channel in _channels)
        {
            foreach (long message in channel)
            {
                writer.Write(message);
            }

            writer.Write(long.MinValue);
        }

        foreach (var (ticket, word) in _sleepers)
        {
            writer.Write(ticket);
            writer.Write(word);
        }

        foreach (var (name, value) in Notes)
        {
            writer.Write(name);
            writer.Write(value);
        }
    }
}
