using System.Runtime.CompilerServices;

namespace Multiproc.Serialization.Codecs;

/// <summary>Sends a stream in memory, the only kind of stream that is a value: its bytes, its position, and whether it can be written to.</summary>
internal static class Streams
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Codec OfMemory() => new SimpleCodec<MemoryStream>(
        static (w, v) =>
        {
            if (!v.CanRead)
            {
                throw new UnsendableException("is a System.IO.MemoryStream that was closed: send its bytes, with ToArray()");
            }

            w.Bool(v.CanWrite);
            w.VarUInt((ulong)v.Position);
            w.Bytes(v.TryGetBuffer(out var buffer) ? buffer : v.ToArray());
        },
        static (ref WireReader r) =>
        {
            bool isWritable = r.Bool();
            int position = r.Natural();
            var bytes = r.Bytes();
            if (!isWritable)
            {
                return new MemoryStream(bytes.ToArray(), writable: false) { Position = position };
            }

            var stream = new MemoryStream(bytes.Length);
            stream.Write(bytes);
            stream.Position = position;
            return stream;
        });
}
