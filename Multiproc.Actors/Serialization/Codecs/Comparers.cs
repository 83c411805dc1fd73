using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Multiproc.Serialization.Codecs;

/// <summary>The comparer of a collection: a number for well-known ones, otherwise an object like any other.</summary>
internal static class Comparers
{
    private const byte Python = 5;
    private const byte Other = 6;

    public static void Write<TKey>(WriteContext context, object? comparer)
    {
        byte tag = comparer switch
        {
            null => 0,
            StringComparer text when text.Equals(StringComparer.Ordinal) => 1,
            StringComparer text when text.Equals(StringComparer.OrdinalIgnoreCase) => 2,
            StringComparer text when text.Equals(StringComparer.InvariantCulture) => 3,
            StringComparer text when text.Equals(StringComparer.InvariantCultureIgnoreCase) => 4,
            Pickle.PythonEquality => Python,
            _ when ReferenceEquals(comparer, EqualityComparer<TKey>.Default) || ReferenceEquals(comparer, Comparer<TKey>.Default) => 0,
            _ => Other,
        };
        context.Writer.Byte(tag);
        if (tag != Other)
        {
            return;
        }

        try
        {
            Slot.Write(context, comparer, typeof(object));
        }
        catch (UnsendableException unsendable) when (unsendable.At("its comparer"))
        {
            throw;
        }
    }

    /// <returns>The comparer; null for the default one.</returns>
    public static TComparer? Read<TComparer>(ReadContext context, ref WireReader reader)
        where TComparer : class
    {
        byte tag = reader.Byte();
        object? comparer = tag switch
        {
            0 => null,
            1 => StringComparer.Ordinal,
            2 => StringComparer.OrdinalIgnoreCase,
            3 => StringComparer.InvariantCulture,
            4 => StringComparer.InvariantCultureIgnoreCase,
            Python => Pickle.PythonEquality.Instance,
            Other => Slot.Read(context, ref reader, typeof(object)),
            _ => throw new SerializationException($"Malformed value: comparer {tag} is unknown."),
        };
        return comparer is null
            ? null
            : comparer as TComparer ?? throw new SerializationException(
                $"Malformed value: a {TypeNames.Of(comparer.GetType())} is no {TypeNames.Of(typeof(TComparer))}.");
    }
}

/// <summary>A comparer of .NET sent as an object: a built-in one, or one made of functions.</summary>
internal sealed class ComparerCodec : Codec
{
    private enum Kind : byte
    {
        Identity = 0,
        Default = 1,
        DefaultOrder = 2,
        Equality = 3,
        Order = 4,
        Ordinal = 5,
        OrdinalIgnoreCase = 6,
        Culture = 7,
        Structure = 8,
        StructureOrder = 9,
    }

    public static bool IsFor(Type type) =>
        (type.Assembly == typeof(object).Assembly || type.Name.StartsWith("Structural", StringComparison.Ordinal))
            && (typeof(IComparer).IsAssignableFrom(type) || typeof(IEqualityComparer).IsAssignableFrom(type)) && type.IsClass;

    // A comparer made of functions is constructed after them.
    public override bool IsLate(object value) => true;

    public override void WriteObject(WriteContext context, object value)
    {
        if (ReferenceEquals(value, ReferenceEqualityComparer.Instance))
        {
            context.Writer.Byte((byte)Kind.Identity);
        }
        else if (ReferenceEquals(value, StructuralComparisons.StructuralEqualityComparer) || ReferenceEquals(value, StructuralComparisons.StructuralComparer))
        {
            context.Writer.Byte((byte)(value is IComparer ? Kind.StructureOrder : Kind.Structure));
        }
        else if (value is StringComparer text)
        {
            WriteText(context.Writer, text);
        }
        else if (DefaultOf(value.GetType(), typeof(EqualityComparer<>), value) is { } equal)
        {
            context.Writer.Byte((byte)Kind.Default);
            context.Type(equal);
        }
        else if (DefaultOf(value.GetType(), typeof(Comparer<>), value) is { } ordered)
        {
            context.Writer.Byte((byte)Kind.DefaultOrder);
            context.Type(ordered);
        }
        else if (ArgumentOf(value.GetType(), typeof(Comparer<>)) is { } order && FunctionsOf(value) is [var comparison]
                && comparison.GetType() == typeof(Comparison<>).MakeGenericType(order))
        {
            context.Writer.Byte((byte)Kind.Order);
            context.Type(order);
            WriteFunction(context, comparison);
        }
        else if (ArgumentOf(value.GetType(), typeof(EqualityComparer<>)) is { } equality && FunctionsOf(value) is [var equals, var hash])
        {
            context.Writer.Byte((byte)Kind.Equality);
            context.Type(equality);
            WriteFunction(context, equals);
            WriteFunction(context, hash);
        }
        else
        {
            throw new UnsendableException(
                $"is a {TypeNames.Of(value.GetType())}, whose state is internal to .NET: write a comparer of your own, or use one of StringComparer's");
        }
    }

    public override object ReadObject(ReadContext context, ref WireReader reader, int id)
    {
        byte kind = reader.Byte();
        switch ((Kind)kind)
        {
            case Kind.Identity:
                return ReferenceEqualityComparer.Instance;
            case Kind.Ordinal:
                return StringComparer.Ordinal;
            case Kind.OrdinalIgnoreCase:
                return StringComparer.OrdinalIgnoreCase;
            case Kind.Culture:
                return StringComparer.Create(Cultures.Named(reader.String()), (CompareOptions)reader.Int32());
            case Kind.Structure:
                return StructuralComparisons.StructuralEqualityComparer;
            case Kind.StructureOrder:
                return StructuralComparisons.StructuralComparer;
            case Kind.Default:
                return typeof(EqualityComparer<>).MakeGenericType(context.Type(ref reader)).GetProperty(nameof(EqualityComparer<int>.Default))!.GetValue(null)!;
            case Kind.DefaultOrder:
                return typeof(Comparer<>).MakeGenericType(context.Type(ref reader)).GetProperty(nameof(Comparer<int>.Default))!.GetValue(null)!;
            case Kind.Order:
                var ordered = context.Type(ref reader);
                object? comparison = Slot.Read(context, ref reader, typeof(Comparison<>).MakeGenericType(ordered));
                return Create(typeof(Comparer<>).MakeGenericType(ordered), comparison);
            case Kind.Equality:
                var equal = context.Type(ref reader);
                object? equals = Slot.Read(context, ref reader, typeof(Func<,,>).MakeGenericType(equal, equal, typeof(bool)));
                object? hash = Slot.Read(context, ref reader, typeof(Func<,>).MakeGenericType(equal, typeof(int)));
                return Create(typeof(EqualityComparer<>).MakeGenericType(equal), equals, hash);
            default:
                throw new SerializationException($"Malformed value: {kind} is not a kind of comparer.");
        }
    }

    private static object Create(Type comparer, params object?[] functions) =>
        comparer.GetMethod(
            nameof(Comparer<int>.Create), BindingFlags.Public | BindingFlags.Static)!.Invoke(null, BindingFlags.DoNotWrapExceptions, null, functions, null)!;

    private static void WriteFunction(WriteContext context, Delegate function) => Slot.Write(context, function, function.GetType());

    private static void WriteText(WireWriter writer, StringComparer comparer)
    {
        if (StringComparer.IsWellKnownOrdinalComparer(comparer, out bool ignoreCase))
        {
            writer.Byte((byte)(ignoreCase ? Kind.OrdinalIgnoreCase : Kind.Ordinal));
        }
        else if (StringComparer.IsWellKnownCultureAwareComparer(comparer, out var rules, out var options))
        {
            writer.Byte((byte)Kind.Culture);
            writer.String(rules.Name);
            writer.Int32((int)options);
        }
        else
        {
            throw new UnsendableException($"is a {TypeNames.Of(comparer.GetType())}, whose state is internal to .NET: use one of StringComparer's");
        }
    }

    private static Type? ArgumentOf(Type type, Type shape)
    {
        for (var level = type; level is not null; level = level.BaseType)
        {
            if (level.IsGenericType && level.GetGenericTypeDefinition() == shape)
            {
                return level.GetGenericArguments()[0];
            }
        }

        return null;
    }

    private static Type? DefaultOf(Type type, Type shape, object value) =>
        ArgumentOf(type, shape) is { } argument && shape.MakeGenericType(argument).GetProperty("Default")!.GetValue(null)!.Equals(value) ? argument : null;

    /// <summary>The functions given to Comparer.Create and EqualityComparer.Create: the only fields of the comparers that they return.</summary>
    private static Delegate[] FunctionsOf(object value)
    {
        var fields = value.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);
        return Array.TrueForAll(fields, static field => typeof(Delegate).IsAssignableFrom(field.FieldType))
            ? Array.ConvertAll(fields, field => (Delegate)field.GetValue(value)!)
            : [];
    }
}
