namespace Multiproc;

/// <summary>Says how Python makes an instance of a registered class from what C# sends. What Python sends is read in every form.</summary>
public enum PythonForm
{
    /// <summary>
    /// Calls the class with its arguments by name, so that <c>__init__</c> or <c>__new__</c> runs. The default: for dataclasses of all kinds, named tuples, and
    /// every class whose constructor takes its attributes.
    /// </summary>
    Constructor,

    /// <summary>Makes the instance without its constructor and sets the attributes in its <c>__dict__</c>, as pickles of plain classes do.</summary>
    Attributes,

    /// <summary>Makes the instance without its constructor and sets its slots one by one. Not for frozen dataclasses.</summary>
    Slots,
}
