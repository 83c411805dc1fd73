using System.Collections;
using System.Reflection;

namespace Multiproc.Tests.Serialization.DotNet;

/// <summary>Compares two objects by all that can be seen of them from outside: items and public properties, down some levels.</summary>
internal static class Alike
{
    private const int Levels = 4;

    /// <summary>The ways to what differs; empty when nothing does.</summary>
    public static List<string> Differences(object? left, object? right, params string[] ignored)
    {
        var found = new List<string>();
        Compare("", left, right, 0, found, ignored);
        return found;
    }

    private static void Compare(string path, object? left, object? right, int level, List<string> found, string[] ignored)
    {
        if (ReferenceEquals(left, right) || level > Levels)
        {
            return;
        }

        if (left is null || right is null || left.GetType() != right.GetType())
        {
            found.Add($"{path}: {left?.GetType().ToString() ?? "null"} became {right?.GetType().ToString() ?? "null"}");
            return;
        }

        if (left.Equals(right))
        {
            if (!left.GetHashCode().Equals(right.GetHashCode()))
            {
                found.Add($"{path}: equal, but of another hash code");
            }

            return;
        }

        if (left is string or ValueType && left.GetType().IsPrimitive || left is string or Enum or Type)
        {
            found.Add($"{path}: {left} became {right}");
            return;
        }

        if (left is IEnumerable items && right is IEnumerable others)
        {
            object?[] one = [.. items.Cast<object?>()];
            object?[] two = [.. others.Cast<object?>()];
            if (one.Length != two.Length)
            {
                found.Add($"{path}: {one.Length} items became {two.Length}");
            }

            for (int i = 0; i < Math.Min(one.Length, two.Length); i++)
            {
                Compare($"{path}[{i}]", one[i], two[i], level + 1, found, ignored);
            }

            if (left is Array)
            {
                return;
            }
        }

        foreach (var property in left.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.CanRead && property.GetIndexParameters().Length == 0 && !property.PropertyType.IsByRefLike && !property.PropertyType.IsByRef
                    && !ignored.Contains(property.Name))
            {
                Compare($"{path}.{property.Name}", Get(property, left), Get(property, right), level + 1, found, ignored);
            }
        }

        foreach (var field in left.GetType().GetFields(BindingFlags.Public | BindingFlags.Instance))
        {
            Compare($"{path}.{field.Name}", field.GetValue(left), field.GetValue(right), level + 1, found, ignored);
        }
    }

    /// <summary>A property that throws shows that.</summary>
    private static object? Get(PropertyInfo property, object owner)
    {
        try
        {
            return property.GetValue(owner);
        }
        catch (TargetInvocationException thrown)
        {
            return thrown.InnerException!.GetType();
        }
    }
}
