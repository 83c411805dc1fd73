namespace Multiproc.Transport.Rings;

/// <summary>
/// A frame that grows in mapped memory before it is sent: when its writer dies, the reader delivers what is whole of it. For many small results of which
/// each must survive a death, and none is in a hurry. One thread writes it.
/// </summary>
/// <remarks>
/// It is sent by copying it into the ring. The place where that record ends is written before the tail gets there, so at every moment exactly one of the two
/// counts: the record, or the staging buffer.
/// </remarks>
internal sealed unsafe class StagingBuffer(byte* control, byte* data)
{
    /// <summary>Fits a record of the ring, with some of its kind beside it.</summary>
    public const int Bytes = 32 * 1024;

    private readonly RingControl* _control = (RingControl*)control;

    public int Length { get; private set; }

    /// <summary>Where the next bytes go; they count when they are committed.</summary>
    public Span<byte> Room => new(data + Length, Bytes - Length);

    public ReadOnlySpan<byte> Written => new(data, Length);

    /// <summary>So many bytes more are whole.</summary>
    public void Commit(int size)
    {
        Length += size;
        Volatile.Write(ref _control->StagedLength, Length);
    }

    /// <summary>It has been sent, or is not wanted: it is empty before it counts again.</summary>
    public void Clear()
    {
        Length = 0;
        Volatile.Write(ref _control->StagedLength, 0);
        Volatile.Write(ref _control->StagingPublished, 0);
    }

    /// <summary>For the reader, when the writer is dead and the ring is read to its end: what the writer had not sent.</summary>
    /// <exception cref="SerializationException">What lies there is not a staging buffer.</exception>
    public ReadOnlySpan<byte> Unsent()
    {
        long published = Volatile.Read(ref _control->StagingPublished);
        int length = Volatile.Read(ref _control->StagedLength);
        if (length is < 0 or > Bytes)
        {
            throw new SerializationException($"Malformed frame: a draft of {length} bytes, of which there is room for {Bytes}.");
        }

        return published != 0 && Volatile.Read(ref _control->Tail) >= published ? default : new ReadOnlySpan<byte>(data, length);
    }
}
