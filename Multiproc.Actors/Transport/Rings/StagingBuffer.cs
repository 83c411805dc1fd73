namespace Multiproc.Transport.Rings;

/// <summary>
/// A frame that grows in mapped memory before it is sent: if its writer dies, the reader delivers the committed part. For many small results, each of which
/// must survive the writer's death and none of which is urgent. Written by one thread.
/// </summary>
/// <remarks>
/// It is sent by copying it into the ring. The end of that record is written before the tail reaches it, so at every moment exactly one of the two
/// counts: the record, or the staging buffer.
/// </remarks>
internal sealed unsafe class StagingBuffer(byte* control, byte* data)
{
    /// <summary>The size of the buffer: fits into a record of the ring, beside others of this size.</summary>
    public const int Bytes = 32 * 1024;

    private readonly RingControl* _control = (RingControl*)control;

    public int Length { get; private set; }

    /// <summary>The room for the next bytes, which count once they are committed.</summary>
    public Span<byte> Room => new(data + Length, Bytes - Length);

    public ReadOnlySpan<byte> Written => new(data, Length);

    /// <summary>Commits the next bytes.</summary>
    public void Commit(int size)
    {
        Length += size;
        Volatile.Write(ref _control->StagedLength, Length);
    }

    /// <summary>Empties the buffer after it was sent or discarded, before it counts again.</summary>
    public void Clear()
    {
        Length = 0;
        Volatile.Write(ref _control->StagedLength, 0);
        Volatile.Write(ref _control->StagingPublished, 0);
    }

    /// <summary>Returns the committed bytes that a dead writer had not sent; for the reader, once the ring is read to its end.</summary>
    /// <exception cref="SerializationException">The staging buffer is corrupt.</exception>
    public ReadOnlySpan<byte> Unsent()
    {
        long published = Volatile.Read(ref _control->StagingPublished);
        int length = Volatile.Read(ref _control->StagedLength);
        if (length is < 0 or > Bytes)
        {
            throw new SerializationException($"Malformed frame: a staging buffer of {length} bytes, of which there is room for {Bytes}.");
        }

        return published != 0 && Volatile.Read(ref _control->Tail) >= published ? default : new ReadOnlySpan<byte>(data, length);
    }
}
