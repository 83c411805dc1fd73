using System.Globalization;
using System.Reflection;
using System.Runtime.Serialization;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Types;

/// <summary>
/// Maps an enum of Python to one of C#. Members have the same values: numbers, or the texts that <see cref="EnumMemberAttribute"/> gives. Some versions of
/// Python pickle the name of a member in place of its value: names are compared without regard to case and underscores.
/// </summary>
internal sealed class EnumMapping : PythonMapping
{
    private readonly Dictionary<object, string> _texts = [];
    private readonly Dictionary<string, object> _ofText = new(StringComparer.Ordinal);
    private readonly Dictionary<string, object> _ofName = new(MemberNames.Comparer);
    private readonly bool _isFlags;

    public EnumMapping(string module, string name, Type type)
        : base(module, name, type)
    {
        _isFlags = type.IsDefined(typeof(FlagsAttribute));
        foreach (var member in type.GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            object value = member.GetValue(null)!;
            _ofName[member.Name] = value;
            if (member.GetCustomAttribute<EnumMemberAttribute>()?.Value is { } text)
            {
                _texts[value] = text;
                _ofText[text] = value;
            }
        }
    }

    public override object Read(PythonObject value, Func<object?, object?> inner) => value switch
    {
        { Name: "getattr", Arguments.Items: [_, string name] } => _ofName.GetValueOrDefault(name) ?? throw Misfit($"there is no member {name}"),
        { Arguments.Items: [string text] } => _ofText.GetValueOrDefault(text) ?? throw Misfit($"no member has EnumMember(Value = \"{text}\")"),
        { Arguments.Items: [int or long] } => OfNumber(Convert.ToInt64(value.Arguments[0], CultureInfo.InvariantCulture)),
        _ => throw Misfit($"its value is {PythonText.Of(value.Arguments)}, and neither a number nor a text"),
    };

    public override PythonObject Write(object value) => new(Class, new PyTuple(_texts.TryGetValue(value, out string? text) ? text : Number(value)));

    private static object Number(object value) => Convert.ChangeType(value, Enum.GetUnderlyingType(value.GetType()), CultureInfo.InvariantCulture);

    private object OfNumber(long number)
    {
        object value = Enum.ToObject(Type, number);
        return Convert.ToDecimal(Number(value), CultureInfo.InvariantCulture) == number && (_isFlags || Enum.IsDefined(Type, value))
            ? value
            : throw Misfit($"no member has the value {number}");
    }
}
