namespace Multiproc.Serialization.Codecs;

/// <summary>
/// Sends a lazy value as its value, which is made in the sender if it was not yet: how to make it may not be sendable, and two processes would make two values.
/// </summary>
internal sealed class LazyCodec<T> : Codec<Lazy<T>>
{
    public override bool IsLate(object value) => true;

    public override void Write(WriteContext context, Lazy<T> value) => Slot<T>.Write(context, ValueOf(value));

    public override Lazy<T> Read(ReadContext context, ref WireReader reader, int id) => new(Slot<T>.Read(context, ref reader));

    private static T ValueOf(Lazy<T> lazy)
    {
        try
        {
            return lazy.Value;
        }
        catch (Exception failed)
        {
            throw new UnsendableException($"is a {TypeNames.Of(typeof(Lazy<T>))} whose value could not be made: {failed.Message}", failed);
        }
    }
}
