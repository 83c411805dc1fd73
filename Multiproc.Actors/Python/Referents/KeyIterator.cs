using Multiproc.Python.Values;

namespace Multiproc.Python.Referents;

/// <summary>An iterator over the keys of a dict: those of the moment at which it began, for as long as their number stays.</summary>
internal sealed class KeyIterator(object?[] keys, Func<int> count) : Referent
{
    private readonly Lock _gate = new();
    private int _next;

    public override string TypeId => "Iterator";

    public override string ProxyClass => "IteratorProxy";

    public override IReadOnlyList<string> Exposed { get; } = ["__next__", "send", "throw", "close"];

    public override string Text => "<dict_keyiterator>";

    public override object? Call(Arguments given, IClient client)
    {
        if (given.Method != "__next__")
        {
            throw PythonErrors.Attribute($"'dict_keyiterator' object has no attribute '{given.Method}'");
        }

        int now = Now();
        lock (_gate)
        {
            if (_next >= keys.Length)
            {
                throw PythonErrors.EndOfIteration();
            }

            return now == keys.Length ? keys[_next++] : throw PythonErrors.Runtime("dictionary changed size during iteration");
        }
    }

    /// <summary>A dict that nobody has a proxy of any more has ended, and changes no more.</summary>
    private int Now()
    {
        try
        {
            return count();
        }
        catch (ObjectDisposedException)
        {
            return keys.Length;
        }
    }
}
