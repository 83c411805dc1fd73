using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Runtime.Serialization;
using Multiproc.Serialization;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Types;

/// <summary>
/// How a type is built from named values and taken apart again: by its public constructor with the most parameters that are all members, and by members that
/// can be set. Members that are only computed are left out.
/// </summary>
internal sealed class RecordShape
{
    private readonly ConstructorInfo? _constructor;
    private readonly ParameterInfo[] _parameters;
    private readonly Type _type;

    /// <exception cref="ArgumentException">The type cannot be built from its members.</exception>
    public RecordShape(Type type)
    {
        _type = type;
        Member[] all = [.. type.GetMembers(BindingFlags.Public | BindingFlags.Instance).Select(Member.Of).OfType<Member>()];
        _constructor = type.GetConstructors().OrderByDescending(static each => each.GetParameters().Length)
            .FirstOrDefault(each => each.GetParameters().All(parameter => all.Any(member => member.IsOf(parameter))));
        if (type.IsAbstract || (_constructor is null && !type.IsValueType))
        {
            throw new ArgumentException($"{type} cannot be built by names: it needs a public constructor whose parameters, if any, are its public members.");
        }

        _parameters = _constructor?.GetParameters() ?? [];
        Member[] ofConstructor = [.. _parameters.Select(parameter => all.First(member => member.IsOf(parameter)))];
        Members = [.. ofConstructor, .. all.Except(ofConstructor).Where(static each => each.CanSet)];
        var twice = Members.GroupBy(static each => each.Python, MemberNames.Comparer).FirstOrDefault(static each => each.Count() > 1);
        if (twice is not null)
        {
            throw new ArgumentException($"{type} has several members that are {twice.Key} in Python: give them other names by [DataMember(Name = \"...\")].");
        }
    }

    /// <summary>The members, those of the constructor first and in its order.</summary>
    public IReadOnlyList<Member> Members { get; }

    /// <summary>Builds an instance.</summary>
    /// <param name="values">The values by name; those that are used are removed.</param>
    /// <exception cref="PickleMisfit">A value is missing or of another type.</exception>
    /// <exception cref="SerializationException">The constructor or a setter refused a value.</exception>
    public object Build(Dictionary<string, object?> values)
    {
        object?[] arguments = new object?[_parameters.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            var member = Members[i];
            arguments[i] = values.Remove(member.Python, out object? given) ? PickleConversion.To(_parameters[i].ParameterType, given, member.Python)
                : _parameters[i].HasDefaultValue ? _parameters[i].DefaultValue
                : throw new PickleMisfit($"has no '{member.Python}', which the constructor of {TypeNames.Of(_type)} needs");
        }

        try
        {
            object built = _constructor?.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null) ?? Activator.CreateInstance(_type)!;
            foreach (var member in Members.Skip(arguments.Length))
            {
                if (values.Remove(member.Python, out object? given))
                {
                    member.Set(built, PickleConversion.To(member.Type, given, member.Python));
                }
            }

            return built;
        }
        catch (Exception refused) when (refused is ArgumentException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new SerializationException($"{TypeNames.Of(_type)} refused what came from Python: {refused.Message}", refused);
        }
    }

    /// <summary>A public property or field.</summary>
    internal sealed class Member
    {
        private readonly MemberInfo _info;

        private Member(MemberInfo info, Type type, bool canSet)
        {
            (_info, Type, CanSet) = (info, type, canSet);
            Python = info.GetCustomAttribute<DataMemberAttribute>()?.Name ?? MemberNames.InPython(info.Name);
        }

        public Type Type { get; }

        /// <summary>The name in Python.</summary>
        public string Python { get; }

        public bool CanSet { get; }

        public static Member? Of(MemberInfo info) => info switch
        {
            PropertyInfo { GetMethod.IsPublic: true } property when property.GetIndexParameters().Length == 0 =>
                new Member(property, property.PropertyType, property.SetMethod is { IsPublic: true }),
            FieldInfo { IsLiteral: false } field => new Member(field, field.FieldType, !field.IsInitOnly),
            _ => null,
        };

        public bool IsOf(ParameterInfo parameter) =>
            string.Equals(parameter.Name, _info.Name, StringComparison.OrdinalIgnoreCase) && parameter.ParameterType == Type;

        public object? Get(object instance) => _info is PropertyInfo property ? property.GetValue(instance) : ((FieldInfo)_info).GetValue(instance);

        public void Set(object instance, object? value)
        {
            if (_info is FieldInfo field)
            {
                field.SetValue(instance, value);
                return;
            }

            try
            {
                ((PropertyInfo)_info).SetValue(instance, value);
            }
            catch (TargetInvocationException wrapped) when (wrapped.InnerException is { } cause)
            {
                ExceptionDispatchInfo.Throw(cause);
            }
        }
    }
}
