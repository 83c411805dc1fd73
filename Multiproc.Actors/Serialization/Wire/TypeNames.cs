using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiproc.Serialization;

/// <summary>Formats names of types and fields as in source code, for messages.</summary>
internal static class TypeNames
{
    public static string Of(Type type) => type.IsArray
        ? $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]"
        : type.FullName?.Split('[')[0].Replace('+', '.') ?? type.Name;

    public static string Describe(object value) => value is Type or MethodInfo ? value.ToString()! : Of(value.GetType());

    /// <summary>Returns "Program.&lt;Main&gt; closure" for the object that holds the captured variables of a lambda in Main.</summary>
    public static string OfTarget(Delegate target)
    {
        var type = target.Target!.GetType();
        if (!type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false))
        {
            return Of(type);
        }

        // A lambda's method is called "<Main>b__0", in a program of top-level statements "<<Main>$>b__0_0".
        string name = target.Method.Name;
        int end = name.LastIndexOf('>');
        string method = end > 0 ? name[1..end].Trim('<', '>', '$') : name;
        return $"{Of(type.DeclaringType ?? type)}.<{method}> closure";
    }

    /// <summary>Names a field; compiler-generated fields have the name of their property or parameter in angle brackets.</summary>
    public static string Of(FieldInfo field)
    {
        string name = field.Name;
        int end = name.IndexOf('>', StringComparison.Ordinal);
        return name.StartsWith('<') && end > 1 ? name[1..end] : name;
    }
}
