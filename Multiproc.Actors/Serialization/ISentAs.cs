namespace Multiproc.Serialization;

/// <summary>An object of a type that the other side cannot have: it is sent in another form.</summary>
internal interface ISentAs
{
    /// <summary>Always the same object, so that an object that comes twice in a message stays one.</summary>
    IArrivesAs SentForm { get; }
}

/// <summary>The form on the wire: once read, it gives way to what it stands for.</summary>
internal interface IArrivesAs
{
    object Arrived { get; }
}
