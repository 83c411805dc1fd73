using Multiproc.Python.Values;

namespace Multiproc.Python.Referents;

/// <summary>A Namespace.</summary>
internal sealed class NamespaceReferent(NamespaceProxy space) : Referent
{
    private static readonly string[] s_exposed = ["__getattribute__", "__setattr__", "__delattr__"];

    public override string TypeId => "Namespace";

    public override string ProxyClass => "NamespaceProxy";

    public override IReadOnlyList<string> Exposed => s_exposed;

    public override string Text
    {
        get
        {
            var all = space.GetValue().OrderBy(static each => each.Key, StringComparer.Ordinal);
            return $"Namespace({string.Join(", ", all.Select(static each => $"{each.Key}={PythonRepr.Of(each.Value)}"))})";
        }
    }

    public override object? Copy => new PythonObject(
        new PythonObject("multiprocessing.managers", "Namespace"), PyTuple.Empty,
        space.GetValue().ToDictionary(static each => (object)each.Key, static each => each.Value), isNew: true);

    public override object? Call(Arguments given, IClient client)
    {
        string name = given.Next("name") as string is { Length: > 0 } text && text[0] != '_'
            ? text
            : throw PythonErrors.Attribute("a Namespace has attributes whose names are text that does not begin with an underscore");
        switch (given.Method)
        {
            case "__getattribute__":
                return space.TryGet<object?>(name, out object? value) ? value : throw Missing(name);
            case "__setattr__":
                space.Set(name, given.Next("value"));
                return null;
            default:
                try
                {
                    space.Delete(name);
                    return null;
                }
                catch (MissingMemberException)
                {
                    throw Missing(name);
                }
        }
    }

    private static PythonException Missing(string name) => PythonErrors.Attribute($"'Namespace' object has no attribute '{name}'");
}
