using System.Reflection;
using System.Runtime.CompilerServices;
using Multiproc.Serialization.Codecs;

namespace Multiproc.Serialization;

/// <summary>Maps types to codecs, which are created on first use.</summary>
internal static partial class CodecTable
{
    private static readonly SnapshotTable<Type, Codec> s_codecs = new();
    private static readonly Type[] s_memory = [typeof(Guid), typeof(Half), typeof(Int128), typeof(UInt128), typeof(TimeSpan)];

    /// <summary>Makes objects of the reducer's type be sent in the form that the reducer defines.</summary>
    /// <exception cref="InvalidOperationException">Objects of the type were already sent, or rejected, in another way.</exception>
    public static void Use(Reducer reducer)
    {
        if (reducer.MakeCodec() is not { } codec)
        {
            UseFamily(reducer);
            return;
        }

        var known = s_codecs.Add(reducer.Of, codec);
        if (known == codec)
        {
            return;
        }

        if (known is not IReducerCodec)
        {
            throw TooLate(reducer, reducer.Of);
        }

        s_codecs.Replace(reducer.Of, codec);
    }

    private static void UseFamily(Reducer reducer)
    {
        var before = ReducerFamilies.Use(reducer);
        foreach (var (type, known) in s_codecs.All)
        {
            // What exactly its class has a reducer for keeps that one. Another family may have come between, or the same one with other functions.
            if ((known is FamilyCodec || ReducerFamilies.IsForm(type) || known is not IReducerCodec) && ReducerFamilies.Concerns(reducer, type))
            {
                var anew = Make(type);
                if (known is not IReducerCodec && !ReducerFamilies.IsForm(type) && anew is FamilyCodec)
                {
                    ReducerFamilies.Return(before);
                    throw TooLate(reducer, type);
                }

                if (anew is IReducerCodec)
                {
                    s_codecs.Replace(type, anew);
                }
            }
        }
    }

    private static InvalidOperationException TooLate(Reducer reducer, Type type) => new(
        $"The reducer of {reducer.Of} was configured too late: an object of the type {type} was already sent, or refused, in another way. Configure reducers "
        + "before anything is sent.");

    /// <summary>Whether values of the type may be sent at all.</summary>
    public static bool Sends(Type type) => For(type) is not IRefusingCodec;

    public static Codec For(Type type) => s_codecs.Find(type) ?? s_codecs.Add(type, Make(type));

    private static Codec Make(Type type)
    {
        // The order follows the needs of a child's first milliseconds: the codecs below the primitives load many types.
        if (type.IsEnum)
        {
            return Generic(typeof(EnumCodec<>), type);
        }

        if (type.IsAssignableTo(typeof(IEnvelopeOfWork)))
        {
            return new FieldsCodec(type);
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return new DelegateCodec(type);
        }

        if (Primitives.Find(type) is { } primitive)
        {
            return primitive;
        }

        if (type.IsArray)
        {
            return OfArray(type);
        }

        if (typeof(ISelfCoded).IsAssignableFrom(type))
        {
            return Generic(typeof(SelfCodec<>), type);
        }

        if (typeof(Exception).IsAssignableFrom(type))
        {
            return new ExceptionCodec(type);
        }

        if (typeof(Type).IsAssignableFrom(type))
        {
            return new TypeCodec();
        }

        if (typeof(MethodInfo).IsAssignableFrom(type))
        {
            return new MethodCodec();
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Generic(typeof(NullableCodec<>), underlying);
        }

        if (Codecs.Collections.Find(type) is { } collection)
        {
            return collection;
        }

        if (Values.Find(type) is { } value)
        {
            return value;
        }

        if (FindActorReference(type) is { } other)
        {
            return other;
        }

        if (FindLogger(type) is { } logger)
        {
            return logger;
        }

        if (ReducerFamilies.Find(type) is { } reduced)
        {
            return reduced;
        }

        if (SendableTypes.FaultOf(type) is { } fault)
        {
            return type.IsValueType && !type.IsByRefLike && type != typeof(void) ? Refusing(type, fault) : new RefusingCodec(fault);
        }

        if (OwnFormCodec.IsOf(type))
        {
            return type.IsValueType
                ? (Codec)Activator.CreateInstance(typeof(BoxingCodec<>).MakeGenericType(type), new OwnFormCodec(type))!
                : new OwnFormCodec(type);
        }

        if ((FSharpCollections.Find(type) ?? DerivedCodec.Find(type)) is { } known)
        {
            return known;
        }

        if (InlineBuffers.Is(type))
        {
            return IsMemory(type) ? Generic(typeof(MemoryCodec<>), type) : Generic(typeof(InlineArrayCodec<,>), type, InlineBuffers.ElementOf(type));
        }

        return type.IsValueType ? Generic(typeof(StructCodec<>), type) : new FieldsCodec(type);
    }

    /// <summary>Finds the codec of references to actors, which the layer of actors above this one has.</summary>
    private static partial Codec? FindActorReference(Type type);

    /// <summary>Finds the codec of loggers of the program, which the layer of processes has.</summary>
    private static partial Codec? FindLogger(Type type);

    private static Codec Refusing(Type type, string fault) => (Codec)Activator.CreateInstance(typeof(RefusingCodec<>).MakeGenericType(type), fault)!;

    private static Codec OfArray(Type type)
    {
        var element = type.GetElementType()!;
        if (!type.IsSZArray)
        {
            return new GridCodec(type);
        }

        return IsMemory(element) ? Generic(typeof(UnmanagedArrayCodec<>), element) : Generic(typeof(ArrayCodec<>), element);
    }

    /// <summary>Whether an element can be copied as bytes: it contains neither references nor values that mean something in this process only.</summary>
    internal static bool IsMemory(Type type)
    {
        if (type.IsPrimitive || type.IsEnum)
        {
            return true;
        }

        // Of .NET's own types only those for which every bit pattern is valid: a decimal or a Rune is checked when it is read.
        return SendableTypes.IsFramework(type)
            ? s_memory.Contains(type)
            : type.IsValueType && !typeof(ISelfCoded).IsAssignableFrom(type) && FieldsAreMemory(type);
    }

    private static bool FieldsAreMemory(Type type)
    {
        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
        {
            if (SendableTypes.IsExcluded(field) || !IsMemory(field.FieldType))
            {
                return false;
            }
        }

        return true;
    }

    private static Codec Generic(Type codec, params Type[] arguments)
    {
        try
        {
            return (Codec)RuntimeHelpers.GetUninitializedObject(codec.MakeGenericType(arguments));
        }
        catch (ArgumentException unfit)
        {
            throw new InvalidOperationException($"{arguments[0]} does not fit {codec.Name}: a type that codes itself implements ISelfCoded of itself.", unfit);
        }
    }
}
