namespace Multiproc.Python.Types;

/// <summary>A class of Python and its type, as it is sent to the process of a manager.</summary>
internal sealed record TypePlan(string Module, string Name, Type Type, PythonForm Form)
{
    /// <exception cref="ArgumentException">The type cannot be built from its members.</exception>
    public PythonMapping Mapping() => Type.IsEnum ? new EnumMapping(Module, Name, Type) : new RecordMapping(Module, Name, Type, Form);

    /// <summary>Makes a map of several.</summary>
    public static TypeMap MapOf(IEnumerable<TypePlan> plans)
    {
        var map = new TypeMap();
        foreach (var plan in plans)
        {
            map.Add(plan.Mapping());
        }

        return map;
    }
}
