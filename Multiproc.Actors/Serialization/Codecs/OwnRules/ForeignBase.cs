using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiproc.Serialization.Codecs;

/// <summary>
/// Handles a base class of .NET that has no codec: its fields are not sent, so they must have their default values.
/// Many base classes have no fields, or use them only after some operation was started.
/// </summary>
internal sealed class ForeignBase
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly Type _base;
    private readonly FieldInfo[] _fields;

    private ForeignBase(Type type, FieldInfo[] fields) => (_base, _fields) = (type, fields);

    /// <summary>Returns null if the class has no such base class, or one without fields, or one whose fields are its whole state.</summary>
    public static ForeignBase? Of(Type type)
    {
        var level = type.BaseType;
        while (level is not null && level != typeof(object) && !SendableTypes.IsFramework(level))
        {
            level = level.BaseType;
        }

        if (level is null || level == typeof(object) || level == typeof(ValueType) || SendableTypes.IsPlain(level))
        {
            return null;
        }

        var all = new List<FieldInfo>();
        for (var each = level; each is not null && each != typeof(object); each = each.BaseType)
        {
            all.AddRange(each.GetFields(Own));
        }

        return all.Count > 0 ? new ForeignBase(level, [.. all]) : null;
    }

    public void Check(object value)
    {
        foreach (var field in _fields)
        {
            object? content = field.GetValue(value);
            bool isEmpty = content is null
                || (field.FieldType.IsValueType && !field.FieldType.IsByRefLike && content.Equals(RuntimeHelpers.GetUninitializedObject(field.FieldType)));
            if (!isEmpty)
            {
                throw new UnsendableException(
                    $"derives from {TypeNames.Of(_base)}, whose state is internal to .NET: send the data in a record of your own, or configure a Reducer "
                    + "for it");
            }
        }
    }
}
