using System.Reflection;

namespace Multiproc.Tests.Serialization.DotNet;

/// <summary>Makes values that are not the defaults of their types, each different from the one before.</summary>
internal sealed class Sample
{
    private int _next = 2;

    /// <summary>Null when no constructor can be called with what can be made.</summary>
    public object? Make(Type type, int depth = 0)
    {
        _next++;
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Make(underlying, depth);
        }

        if (type.IsEnum)
        {
            var values = Enum.GetValues(type);
            return values.Length > 0 ? values.GetValue(values.Length - 1) : null;
        }

        return type == typeof(string) ? $"text{_next}"
            : type == typeof(object) ? $"object{_next}"
            : type == typeof(bool) ? true
            : type == typeof(char) ? (char)('a' + (_next % 20))
            : type == typeof(DateTime) ? new DateTime(2020, 1, 1, 0, 0, _next % 60, DateTimeKind.Utc)
            : type == typeof(TimeSpan) ? TimeSpan.FromSeconds(_next)
            : type == typeof(Type) ? typeof(List<int>)
            : type == typeof(Exception) ? new InvalidOperationException($"inner{_next}")
            : type == typeof(Uri) ? new Uri($"http://host/{_next}")
            : type == typeof(Guid) ? Guid.Parse($"00000000-0000-0000-0000-{_next:D12}")
            : type.IsPrimitive && type != typeof(nint) && type != typeof(nuint) ? Convert.ChangeType(_next, type)
            : type.IsArray && type.IsSZArray ? ArrayOf(type.GetElementType()!, depth)
            : IsSequence(type) ? ArrayOf(type.GetGenericArguments()[0], depth)
            : depth > 2 || type.IsAbstract || type.IsInterface || type.IsPointer || type.IsByRef || type.IsByRefLike || type.ContainsGenericParameters
            || typeof(Delegate).IsAssignableFrom(type) ? null
            : Construct(type, depth);
    }

    /// <summary>By the constructor that takes most, of those that can be called.</summary>
    public object? Construct(Type type, int depth = 0)
    {
        foreach (var constructor in type.GetConstructors().OrderByDescending(static each => each.GetParameters().Length))
        {
            var parameters = constructor.GetParameters();
            if (parameters.Any(static each =>
                    each.ParameterType.FullName is "System.Runtime.Serialization.SerializationInfo" || each.ParameterType.IsPointer
                        || each.ParameterType.IsByRefLike))
            {
                continue;
            }

            object?[] arguments = [.. parameters.Select(each => Make(each.ParameterType, depth + 1))];
            if (parameters.Zip(arguments).Any(static pair => pair.Second is null && pair.First.ParameterType.IsValueType))
            {
                continue;
            }

            try
            {
                return constructor.Invoke(arguments);
            }
            catch (Exception refused) when (refused is TargetInvocationException or ArgumentException or NotSupportedException or MemberAccessException)
            {
                continue; // It wants other arguments.
            }
        }

        return type.IsValueType ? Activator.CreateInstance(type) : null;
    }

    private static bool IsSequence(Type type) => type.IsInterface && type.IsGenericType
        && (type.GetGenericTypeDefinition() == typeof(IEnumerable<>) || type.GetGenericTypeDefinition() == typeof(ICollection<>)
            || type.GetGenericTypeDefinition() == typeof(IList<>)
            || type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) || type.GetGenericTypeDefinition() == typeof(IReadOnlyCollection<>));

    private Array? ArrayOf(Type element, int depth)
    {
        object? one = Make(element, depth + 1);
        if (one is null || element.IsByRefLike || element.IsPointer)
        {
            return null;
        }

        var array = Array.CreateInstance(element, 2);
        array.SetValue(one, 0);
        array.SetValue(Make(element, depth + 1) ?? one, 1);
        return array;
    }
}
