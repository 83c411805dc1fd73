using Multiproc.Python.Referents;
using Multiproc.Python.Values;

namespace Multiproc.Python.Pools;

/// <summary>An iterator over the results of imap.</summary>
internal sealed class ResultIterator(PoolResults<object?> results) : Referent, IDisposable
{
    public override string TypeId => "Iterator";

    public override string ProxyClass => "IteratorProxy";

    public override IReadOnlyList<string> Exposed { get; } = ["__next__", "send", "throw", "close"];

    public override string Text => "<IMapIterator>";

    public override object? Call(Arguments given, IClient client)
    {
        if (given.Method != "__next__")
        {
            throw PythonErrors.Attribute($"'IMapIterator' object has no attribute '{given.Method}'");
        }

        var time = Arguments.Time(given.NextSeconds("timeout"));
        try
        {
            return client.Wait(token => results.Next(time, token));
        }
        catch (InvalidOperationException end) when (end is not ObjectDisposedException)
        {
            throw PythonErrors.EndOfIteration();
        }
    }

    public void Dispose() => results.Dispose();
}
