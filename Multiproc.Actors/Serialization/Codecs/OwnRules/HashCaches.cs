using System.Collections;
using System.Reflection;

namespace Multiproc.Serialization.Codecs;

/// <summary>
/// Handles hash codes that a class of the app caches in a field. Hash codes of strings, of <see cref="HashCode"/> and of identities differ in each process: an
/// object sent with a cached one would not be found in any dictionary there.
/// </summary>
internal static class HashCaches
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    private const byte StoreField = 0x7D;
    private const byte LoadField = 0x7B;
    private const byte LoadFieldAddress = 0x7C;

    /// <summary>Whether GetHashCode caches its result in the field: then the field is not sent, and computed anew in the receiver.</summary>
    public static bool IsMadeAnew(FieldInfo field) => IsNamedHash(field) && HashMethodUses(field, StoreField);

    /// <summary>Returns the error for a field that holds a hash code and cannot be recomputed; null for any other field.</summary>
    public static string? FaultOf(FieldInfo field)
    {
        if (!IsNamedHash(field))
        {
            return null;
        }

        var type = field.DeclaringType!;
        if (HashMethodUses(field, LoadField) || HashMethodUses(field, LoadFieldAddress))
        {
            return "is a hash code that was made in this process, and differs in each: mark it [NonSerialized] and make it anew when it is asked for, or "
                + "configure a Reducer";
        }

        return IsTable(type) || (type.DeclaringType is { } owner && IsTable(owner))
            ? "is a hash code in a table of this process, and differs in each: send the items in an array, or configure a Reducer for the collection"
            : null;
    }

    private static bool IsTable(Type type) => typeof(IEnumerable).IsAssignableFrom(type);

    /// <summary>Whether the field backs a property of the app, which is data, whatever its name.</summary>
    private static bool IsNamedHash(FieldInfo field) =>
        field.Name.Contains("hash", StringComparison.OrdinalIgnoreCase)
        && !field.Name.StartsWith('<')
        && (field.FieldType == typeof(int) || field.FieldType == typeof(int?) || field.FieldType == typeof(uint) || field.FieldType == typeof(int[]));

    private static bool HashMethodUses(FieldInfo field, byte operation)
    {
        byte[]? code = field.DeclaringType!.GetMethod(nameof(GetHashCode), Own, [])?.GetMethodBody()?.GetILAsByteArray();
        for (int i = 0; i + 4 < (code?.Length ?? 0); i++)
        {
            if (code![i] == operation && IsThis(field, BitConverter.ToInt32(code, i + 1)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Resolves a field token; a field of a generic type is named by a reference, not by its own token.</summary>
    private static bool IsThis(FieldInfo field, int token)
    {
        if (token == field.MetadataToken)
        {
            return true;
        }

        if (token >>> 24 is not 0x0A || !field.DeclaringType!.IsGenericType)
        {
            return false;
        }

        try
        {
            return field.Module.ResolveMember(token, field.DeclaringType.GetGenericArguments(), null) is FieldInfo found
                && found.MetadataToken == field.MetadataToken;
        }
        catch (ArgumentException)
        {
            return false; // The bytes only looked like a field access.
        }
    }
}
