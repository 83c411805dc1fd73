namespace Multiproc.Serialization;

/// <summary>A user's value in serialized form. Nodes and states store it opaquely; only facades deserialize it.</summary>
internal readonly record struct Payload(ReadOnlyMemory<byte> Bytes)
{
    public static Payload Empty => default;

    public int Length => Bytes.Length;

    /// <summary>Compares by content: a key is found by its bytes.</summary>
    public bool Equals(Payload other) => Bytes.Span.SequenceEqual(other.Bytes.Span);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Bytes.Span);
        return hash.ToHashCode();
    }
}
