using System.Collections;
using System.Reflection;
using Akka.Configuration.Hocon;
using Multiproc.Configuration;

namespace Multiproc.Actors.Options;

/// <summary>
/// Reads records of options from HOCON. The property <c>HandshakeTimeout</c> is the key <c>handshake-timeout</c>, a record in a record is a section, and
/// <c>none</c> is null. A delegate cannot be written in a file: such properties have no key.
/// </summary>
internal static class HoconOptions
{
    private const string Null = "none";

    /// <exception cref="InvalidOperationException">A key is unknown, or a value has the wrong type.</exception>
    public static object Read(Type options, HoconObject section, string path)
    {
        object read = Activator.CreateInstance(options)!;
        var properties = KeysOf(options).ToDictionary(static each => each.Key, static each => each.Property);
        foreach (var (key, value) in section.Items)
        {
            if (!properties.TryGetValue(key, out var property))
            {
                throw new InvalidOperationException(
                    $"{path}.{key} is not a setting; the settings of {path} are {string.Join(", ", properties.Keys.Order(StringComparer.Ordinal))}.");
            }

            property.SetValue(read, Convert(property.PropertyType, value, $"{path}.{key}"));
        }

        return read;
    }

    /// <summary>The keys of a record of options, each with its property.</summary>
    public static IEnumerable<(string Key, PropertyInfo Property)> KeysOf(Type options) => options
        .GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(static property =>
            property.SetMethod is not null && !typeof(Delegate).IsAssignableFrom(property.PropertyType)
                && property.GetCustomAttribute<NotInFileAttribute>() is null)
        .Select(static property => (Kebab(property.Name), property));

    /// <summary>Whether a property is a section of its own.</summary>
    public static bool IsSection(Type type) => type.Name.EndsWith("Options", StringComparison.Ordinal);

    private static object? Convert(Type type, HoconValue value, string path)
    {
        bool isNullable = Nullable.GetUnderlyingType(type) is not null || !type.IsValueType;
        if (value.IsString() && value.GetString() is Null && isNullable)
        {
            return null;
        }

        try
        {
            return ConvertPresent(Nullable.GetUnderlyingType(type) ?? type, value, path);
        }
        catch (Exception unfit) when (unfit is FormatException or OverflowException or ArgumentException or NotSupportedException or NullReferenceException)
        {
            throw new InvalidOperationException($"{path} must be {Describe(type)}, but is {value}.", unfit);
        }
    }

    private static object ConvertPresent(Type type, HoconValue value, string path)
    {
        if (IsSection(type))
        {
            return Read(type, value.IsObject() ? value.GetObject() : throw new FormatException("not a section"), path);
        }

        if (type == typeof(TimeSpan))
        {
            return value.GetTimeSpan(allowInfinite: false);
        }

        if (type == typeof(string))
        {
            return value.GetString() ?? throw new FormatException("not a text");
        }

        if (type == typeof(bool))
        {
            return value.GetBoolean();
        }

        if (type == typeof(int))
        {
            return checked((int)Number(value));
        }

        if (type == typeof(long))
        {
            return Number(value);
        }

        if (type.IsGenericType && type.GetGenericArguments() is [var item])
        {
            var items = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(item))!;
            foreach (var each in value.Values is [{ } list] && list.IsArray() ? list.GetArray() : throw new FormatException("not a list"))
            {
                items.Add(ConvertPresent(item, each, path));
            }

            return items;
        }

        return type == typeof(IReadOnlyDictionary<string, string?>)
            ? value.GetObject().Items.ToDictionary(static each => each.Key, static each => each.Value.GetString() is Null ? null : each.Value.GetString())
            : throw new NotSupportedException(type.Name);
    }

    /// <summary>Reads a plain number, or a size in bytes with a unit.</summary>
    private static long Number(HoconValue value) => value.GetByteSize() ?? throw new FormatException("not a number");

    private static string Describe(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var each when IsSection(each) => "a section { … }",
        var each when each == typeof(TimeSpan) => "a duration such as \"5s\"",
        var each when each == typeof(bool) => "on or off",
        var each when each == typeof(string) => "a text",
        var each when each == typeof(int) || each == typeof(long) => "a number, or a size such as \"64MiB\"",
        var each when each.IsGenericType && each.GetGenericArguments().Length == 1 => "a list such as [a, b]",
        _ => "a section of names and texts",
    } + (type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "" : $", or {Null}");

    private static string Kebab(string name) => string.Concat(name.Select(static (letter, place) =>
        char.IsUpper(letter) && place > 0 ? $"-{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));
}
