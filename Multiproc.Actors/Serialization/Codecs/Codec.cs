namespace Multiproc.Serialization.Codecs;

/// <summary>Writes and reads the content of one type. Null, identity and subtypes are handled by <see cref="Slot"/>.</summary>
internal abstract class Codec
{
    /// <summary>Whether the content contains no references: then it needs no identity when it is the whole message.</summary>
    public virtual bool IsLeaf => false;

    /// <summary>The minimum size of one value in bytes: counts are checked against it before anything is allocated.</summary>
    public virtual int MinSize => 1;

    /// <summary>Whether the object can be constructed only after its parts, so that they cannot refer back to it.</summary>
    public virtual bool IsLate(object value) => false;

    public abstract void WriteObject(WriteContext context, object value);

    // id: the object's number in this message, or -1. A codec whose objects can contain themselves announces the object before its parts.
    public abstract object ReadObject(ReadContext context, ref WireReader reader, int id);
}

internal abstract class Codec<T> : Codec
{
    public abstract void Write(WriteContext context, T value);

    public abstract T Read(ReadContext context, ref WireReader reader, int id);

    public sealed override void WriteObject(WriteContext context, object value) => Write(context, (T)value);

    public sealed override object ReadObject(ReadContext context, ref WireReader reader, int id) => Read(context, ref reader, id)!;

    protected static void Announce(ReadContext context, int id, object value)
    {
        if (id >= 0)
        {
            context.Fulfil(id, value);
        }
    }
}

/// <summary>A codec made of two methods, for the many small types.</summary>
internal sealed class SimpleCodec<T>(Action<WireWriter, T> write, SimpleCodec<T>.Reader read) : Codec<T>
{
    public delegate T Reader(ref WireReader reader);

    public override bool IsLeaf => true;

    public override void Write(WriteContext context, T value) => write(context.Writer, value);

    public override T Read(ReadContext context, ref WireReader reader, int id) => read(ref reader);
}
