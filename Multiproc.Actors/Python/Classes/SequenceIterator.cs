using System.Collections;
using Multiproc.Python.Referents;
using Multiproc.Python.Values;

namespace Multiproc.Python.Classes;

/// <summary>A sequence of C# as an iterator of Python: the result of a method that is mapped to the type "Iterator".</summary>
internal sealed class SequenceIterator(IEnumerable sequence) : Referent, IDisposable
{
    private readonly Lock _gate = new();
    private readonly IEnumerator _items = sequence.GetEnumerator();
    private bool _ended;

    public override string TypeId => "Iterator";

    public override string ProxyClass => "IteratorProxy";

    public override IReadOnlyList<string> Exposed { get; } = ["__next__", "send", "throw", "close"];

    public override string Text => $"<iterator of {sequence}>";

    public override object? Call(Arguments given, IClient client)
    {
        lock (_gate)
        {
            switch (given.Method)
            {
                case "__next__" when !_ended && _items.MoveNext():
                    return _items.Current;
                case "__next__":
                    _ended = true;
                    throw PythonErrors.EndOfIteration();
                case "close":
                    _ended = true;
                    return null;
                default:
                    throw PythonErrors.Attribute($"an iterator of a C# program has no method '{given.Method}'");
            }
        }
    }

    public void Dispose() => (_items as IDisposable)?.Dispose();
}
