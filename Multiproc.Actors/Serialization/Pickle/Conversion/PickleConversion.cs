using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiproc.Serialization.Pickle;

/// <summary>
/// Converts the values of a pickle to the type that the receiver expects: an int to any number type that holds it, a list to an array, a dict to typed keys and
/// values. A value that is already of that type stays the same object; a converted value is a copy, so an object that occurs twice becomes two.
/// </summary>
internal static class PickleConversion
{
    private static readonly ConcurrentDictionary<Type, Func<object?, object?>> s_collections = new();

    /// <exception cref="SerializationException">The value is of another type; the message names the path to it.</exception>
    public static T To<T>(object? value)
    {
        string misfit;
        try
        {
            return value is T wanted ? wanted : (T)To(typeof(T), value)!;
        }
        catch (PickleMisfit caught)
        {
            misfit = caught.Told;
        }

        throw new SerializationException(misfit);
    }

    internal static object? To(Type type, object? value)
    {
        if (value is null)
        {
            return !type.IsValueType || Nullable.GetUnderlyingType(type) is not null ? null : throw Mismatch(type, value);
        }

        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsInstanceOfType(value))
        {
            return value;
        }

        return value switch
        {
            int or long or BigInteger => PickleNumber.To(type, value),
            double number when type == typeof(float) => (float)number,
            double number when type == typeof(Half) => (Half)number,
            string { Length: 1 } text when type == typeof(char) => text[0],
            byte[] bytes when type == typeof(ReadOnlyMemory<byte>) => (ReadOnlyMemory<byte>)bytes,
            byte[] bytes when type == typeof(Memory<byte>) => (Memory<byte>)bytes,
            Memory<byte> bytes when type == typeof(byte[]) => bytes.ToArray(),
            Memory<byte> bytes when type == typeof(ReadOnlyMemory<byte>) => (ReadOnlyMemory<byte>)bytes,
            DateTimeOffset instant when type == typeof(DateTime) => instant.UtcDateTime,
            PyTuple tuple when typeof(ITuple).IsAssignableFrom(type) => ToTuple(type, tuple),
            List<object?> or PyTuple or HashSet<object?> or PyFrozenSet or Dictionary<object, object?> =>
                s_collections.GetOrAdd(type, ForCollection)(value),
            _ => throw Mismatch(type, value),
        };
    }

    internal static PickleMisfit Mismatch(Type type, object? value) =>
        new($"is {PickleNames.Of(value)}, not a {TypeNames.Of(type)}: receive what was sent, or receive an object");

    /// <summary>Converts a part of a larger value: adds its place to the path of an error.</summary>
    internal static object? To(Type type, object? value, object? place)
    {
        try
        {
            return To(type, value);
        }
        catch (PickleMisfit misfit)
        {
            misfit.At(place);
            throw;
        }
    }

    /// <summary>Handles tuples of more than seven items, which hold the rest in a nested tuple.</summary>
    private static object ToTuple(Type type, PyTuple tuple)
    {
        var leaves = Leaves(type).ToList();
        if (leaves.Count != tuple.Count || !type.IsGenericType)
        {
            throw new PickleMisfit($"is a tuple of {tuple.Count}, not of {leaves.Count} (a {TypeNames.Of(type)})");
        }

        return Build(type, [.. leaves.Select((leaf, i) => To(leaf, tuple[i], i))]);
    }

    private static IEnumerable<Type> Leaves(Type type)
    {
        var arguments = type.GetGenericArguments();
        return arguments.Length == 8 ? arguments[..7].Concat(Leaves(arguments[7])) : arguments;
    }

    private static object Build(Type type, ReadOnlySpan<object?> items)
    {
        var arguments = type.GetGenericArguments();
        object?[] own = arguments.Length == 8 ? [.. items[..7], Build(arguments[7], items[7..])] : items.ToArray();
        return Activator.CreateInstance(type, own)!;
    }

    private static Func<object?, object?> ForCollection(Type type)
    {
        var arguments = type.IsArray && type.GetArrayRank() == 1 ? [type.GetElementType()!] : type.GetGenericArguments();
        string? shape = type.IsArray ? nameof(PickleShapes.ToArray) : !type.IsGenericType ? null : Shape(type.GetGenericTypeDefinition());
        if (shape is null || arguments.Length == 0)
        {
            return (value) => throw Mismatch(type, value);
        }

        return typeof(PickleShapes).GetMethod(shape, BindingFlags.Static | BindingFlags.Public)!.MakeGenericMethod(arguments)
            .CreateDelegate<Func<object?, object?>>();
    }

    private static string? Shape(Type definition) => definition switch
    {
        _ when definition == typeof(List<>) || definition == typeof(IList<>) || definition == typeof(ICollection<>) || definition == typeof(IEnumerable<>)
            || definition == typeof(IReadOnlyList<>) || definition == typeof(IReadOnlyCollection<>) => nameof(PickleShapes.ToList),
        _ when definition == typeof(HashSet<>) || definition == typeof(ISet<>) || definition == typeof(IReadOnlySet<>) => nameof(PickleShapes.ToSet),
        _ when definition == typeof(FrozenSet<>) => nameof(PickleShapes.ToFrozenSet),
        _ when definition == typeof(Dictionary<,>) || definition == typeof(IDictionary<,>) || definition == typeof(IReadOnlyDictionary<,>) =>
            nameof(PickleShapes.ToDictionary),
        _ => null,
    };
}
