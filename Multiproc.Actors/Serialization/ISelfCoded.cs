namespace Multiproc.Serialization;

/// <summary>A type of this library that serializes itself: a facade is sent as the handle of its object, not as its fields.</summary>
internal interface ISelfCoded
{
    void WriteTo(WireWriter writer);
}

/// <summary>Adds the deserialization, which is found by the type.</summary>
internal interface ISelfCoded<TSelf> : ISelfCoded
    where TSelf : ISelfCoded<TSelf>
{
    static abstract TSelf ReadFrom(ref WireReader reader);
}
