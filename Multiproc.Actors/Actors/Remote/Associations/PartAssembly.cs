using Multiproc.Serialization;

namespace Multiproc.Actors.Remote;

/// <summary>
/// Puts together the messages that arrive in parts over one link. What the sender says of sizes is believed only as far as the bytes have come.
/// </summary>
internal sealed class PartAssembly
{
    /// <summary>The most messages that are incomplete at once: a sender has one for each of its threads.</summary>
    public const int Most = 1024;

    /// <summary>The largest buffer that is made on the word of the sender alone.</summary>
    private const int FirstRoom = 1024 * 1024;

    private readonly Dictionary<long, Incomplete> _incomplete = [];

    /// <summary>Adds a part.</summary>
    /// <returns>The whole message if this was its last part; otherwise null.</returns>
    /// <exception cref="SerializationException">The part does not fit to those before it.</exception>
    public byte[]? Add(ref WireReader reader)
    {
        long number = (long)reader.VarUInt();
        int total = reader.Natural();
        var bytes = reader.Rest();
        if (!_incomplete.TryGetValue(number, out var message))
        {
            if (_incomplete.Count == Most)
            {
                throw new SerializationException($"Malformed frame: more than {Most} messages in parts are incomplete.");
            }

            _incomplete.Add(number, message = new Incomplete(total));
        }

        if (bytes.Length == 0 || message.Total != total || bytes.Length > total - message.Count)
        {
            throw new SerializationException(
                $"Malformed frame: a part of {bytes.Length} bytes does not fit to the {message.Count} of {message.Total} that came before.");
        }

        message.Add(bytes);
        if (message.Count < total)
        {
            return null;
        }

        _incomplete.Remove(number);
        return message.Bytes;
    }

    private sealed class Incomplete(int total)
    {
        private byte[] _bytes = new byte[Math.Min(total, FirstRoom)];

        public int Total => total;

        public int Count { get; private set; }

        /// <summary>The whole message, when all parts have come: the buffer has exactly its size then.</summary>
        public byte[] Bytes => _bytes;

        public void Add(ReadOnlySpan<byte> part)
        {
            if (Count + part.Length > _bytes.Length)
            {
                Array.Resize(ref _bytes, (int)Math.Min(total, Math.Max((long)Count + part.Length, _bytes.Length * 2L)));
            }

            part.CopyTo(_bytes.AsSpan(Count));
            Count += part.Length;
        }
    }
}
