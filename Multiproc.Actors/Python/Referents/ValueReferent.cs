using Multiproc.Python.Values;

namespace Multiproc.Python.Referents;

/// <summary>A Value. As in Python's manager any value is accepted, unless a C# program made it of a type.</summary>
internal sealed class ValueReferent<T>(ValueProxy<T> value) : Referent
{
    private static readonly string[] s_exposed = ["get", "set"];

    public override string TypeId => "Value";

    public override string ProxyClass => "ValueProxy";

    public override IReadOnlyList<string> Exposed => s_exposed;

    /// <summary>The typecode that a Python program gave, for the text alone.</summary>
    public string Typecode { get; set; } = "O";

    public override string Text => $"Value({PythonRepr.Of(Typecode)}, {PythonRepr.Of(value.Value)})";

    public override object? Copy => value.Value;

    public override void Join(Referent first) => Typecode = ((ValueReferent<T>)first).Typecode;

    public override object? Call(Arguments given, IClient client)
    {
        if (given.Method == "get")
        {
            given.End();
            return value.Value;
        }

        value.Value = Typed<T>.From(given.Next("value"));
        return null;
    }
}
