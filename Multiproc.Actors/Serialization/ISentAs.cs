namespace Multiproc.Serialization;

/// <summary>An object that is sent in another form, since the other side cannot have its type.</summary>
internal interface ISentAs
{
    /// <summary>The object to send: always the same one, so that an object which occurs twice in a message stays one.</summary>
    IArrivesAs SentForm { get; }
}

/// <summary>The wire form of such an object, which is replaced after reading by the object that it stands for.</summary>
internal interface IArrivesAs
{
    object Arrived { get; }
}
