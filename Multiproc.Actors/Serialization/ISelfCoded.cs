namespace Multiproc.Serialization;

/// <summary>A type of this library that writes itself: a facade sends the way to its object, not its fields.</summary>
internal interface ISelfCoded
{
    void WriteTo(WireWriter writer);
}

/// <summary>The reading side, found by the type.</summary>
internal interface ISelfCoded<TSelf> : ISelfCoded
    where TSelf : ISelfCoded<TSelf>
{
    static abstract TSelf ReadFrom(ref WireReader reader);
}
