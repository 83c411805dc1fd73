using Multiproc.Serialization.Pickle;

namespace Multiproc;

/// <summary>
/// Represents a value of Python that has no counterpart here: an instance of a class, or a class or function itself. It is kept as it came and goes back to
/// Python unchanged. Nothing of it is ever imported or run.
/// </summary>
/// <remarks>
/// Compared by reference; inside shared objects, where values are bytes, two are equal if they were made alike. What a manager of Python programs stores for
/// values of classes that it does not know.
/// </remarks>
public sealed class PythonObject
{
    private readonly PythonObject? _constructor;
    private readonly PyTuple _arguments = PyTuple.Empty;
    private readonly Dictionary<object, object?>? _named;
    private readonly bool _isNew;
    private List<object?>? _items;
    private List<object?>? _entries;
    private object? _state;
    private bool _hasState;

    internal PythonObject(string module, string name)
    {
        Module = module;
        Name = name;
    }

    internal PythonObject(PythonObject constructor, PyTuple arguments, Dictionary<object, object?>? named = null, bool isNew = false)
    {
        _constructor = constructor;
        _arguments = arguments;
        _named = named;
        _isNew = isNew;
        Module = constructor.Module;
        Name = constructor.Name;
    }

    /// <summary>Gets the module of the class or function.</summary>
    /// <value>For example "decimal".</value>
    public string Module { get; }

    /// <summary>Gets the name of the class or function in its module.</summary>
    /// <value>For example "Decimal".</value>
    public string Name { get; }

    /// <summary>Gets whether this is an instance: otherwise it is the class or function itself.</summary>
    public bool IsInstance => _constructor is not null;

    /// <summary>Gets the arguments that Python makes the instance with.</summary>
    public PyTuple Arguments => _arguments;

    /// <summary>Gets what Python sets the instance's state to after making it, usually a dictionary of its attributes; null when there is none.</summary>
    public object? State => _state;

    /// <summary>What makes the instance; null for a class or function itself.</summary>
    internal PythonObject? Constructor => _constructor;

    internal Dictionary<object, object?>? Named => _named;

    /// <summary>Whether the constructor is a class whose <c>__new__</c> is called, and not called itself.</summary>
    internal bool IsNew => _isNew;

    internal bool HasState => _hasState;

    /// <summary>The items that are appended after it was made, as for a deque.</summary>
    internal IReadOnlyList<object?> Items => _items ?? [];

    /// <summary>Keys and values, in turn, that are set after it was made, as for an OrderedDict.</summary>
    internal IReadOnlyList<object?> Entries => _entries ?? [];

    internal IEnumerable<object?> Parts
    {
        get
        {
            IEnumerable<object?> all = [_constructor is { IsInstance: true } ? _constructor : null, _arguments, _state, .. Items, .. Entries];
            return _named is null ? all : all.Append(_named);
        }
    }

    /// <summary>Describes the object by its class.</summary>
    /// <returns>For example "&lt;decimal.Decimal('1.5')&gt;" for an instance and "&lt;builtins.int&gt;" for a class.</returns>
    public override string ToString() => IsInstance ? $"<{Module}.{Name}{PythonText.Of(_arguments)}>" : $"<{Module}.{Name}>";

    internal bool IsGlobal(string module, string name) => !IsInstance && Module == module && Name == name;

    internal void Append(ReadOnlySpan<object?> items) => (_items ??= []).AddRange(items);

    internal void SetItems(ReadOnlySpan<object?> entries) => (_entries ??= []).AddRange(entries);

    internal void SetState(object? state)
    {
        _state = state;
        _hasState = true;
    }
}
