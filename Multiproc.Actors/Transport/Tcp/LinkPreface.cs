using System.Buffers.Binary;

namespace Multiproc.Transport.Tcp;

/// <summary>
/// The first data that both sides send after authentication, before the first frame: magic and version, and from the connector a random number of its session,
/// by which the other side recognizes it after a reconnect.
/// </summary>
internal static class LinkPreface
{
    public const int Bytes = 24;

    private const int Magic = 0x4D50_5452; // "MPTR"
    private const int Version = 1;

    /// <exception cref="SerializationException">The other side uses another protocol.</exception>
    public static Guid Exchange(Stream stream, Guid session)
    {
        Span<byte> own = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt32LittleEndian(own, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(own[4..], Version);
        session.TryWriteBytes(own[8..]);
        stream.Write(own);
        stream.Flush();
        Span<byte> theirs = stackalloc byte[Bytes];
        try
        {
            stream.ReadExactly(theirs);
        }
        catch (EndOfStreamException cause)
        {
            throw new ConnectionLostException("The other process closed the connection before it sent its version.", cause);
        }

        int magic = BinaryPrimitives.ReadInt32LittleEndian(theirs);
        int version = BinaryPrimitives.ReadInt32LittleEndian(theirs[4..]);
        return magic == Magic && version == Version
            ? new Guid(theirs[8..])
            : throw new SerializationException($"Malformed handshake: version {version} (ours is {Version}). Use one version of Multiproc on both sides.");
    }
}
