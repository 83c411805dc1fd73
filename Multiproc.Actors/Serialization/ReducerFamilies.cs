using Multiproc.Serialization.Codecs;

namespace Multiproc.Serialization;

/// <summary>A reducer for many classes.</summary>
internal interface IReducerFamily
{
    /// <summary>The type that objects of a class are reduced as: the base class, the interface, or a closing of the generic type; else null.</summary>
    Type? FindBase(Type type);

    /// <summary>The codec of objects that are reduced as the type; null if the reducer's constraints exclude it.</summary>
    FamilyCodec? MakeCodec(Type reducedAs);

    /// <summary>The codec of what is sent of them.</summary>
    Codec? MakeFormCodec(Type reducedAs);
}

/// <summary>The reducers of the program that are for base classes, interfaces and open generic types, in the order in which they were configured.</summary>
internal static class ReducerFamilies
{
    private static readonly Lock s_gate = new();
    private static Reducer[] s_all = [];

    /// <summary>Adds a family, in its place if its type had one; returns those before.</summary>
    public static Reducer[] Use(Reducer reducer)
    {
        lock (s_gate)
        {
            var before = s_all;
            int at = Array.FindIndex(before, each => each.Of == reducer.Of);
            Volatile.Write(ref s_all, at < 0 ? [.. before, reducer] : [.. before[..at], reducer, .. before[(at + 1)..]]);
            return before;
        }
    }

    public static void Return(Reducer[] before)
    {
        lock (s_gate)
        {
            Volatile.Write(ref s_all, before);
        }
    }

    /// <summary>Whether the type tells that an object comes in the form of a family.</summary>
    public static bool IsForm(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ReducedForm<>);

    /// <summary>Whether objects of the type, or their form, may be the reducer's.</summary>
    public static bool Concerns(Reducer reducer, Type type) =>
        ((IReducerFamily)reducer).FindBase(IsForm(type) ? type.GetGenericArguments()[0] : type) is not null;

    /// <summary>Finds the codec of a class that belongs to a family, or of the form of a family.</summary>
    public static Codec? Find(Type type)
    {
        if (IsForm(type))
        {
            return FindForm(type.GetGenericArguments()[0])
                ?? new RefusingCodec($"is in the form of a reducer of {type.GetGenericArguments()[0]}, which this process has not configured");
        }

        (Type As, FamilyCodec Codec)? best = null;
        foreach (var reducer in type.IsValueType ? [] : Volatile.Read(ref s_all))
        {
            var family = (IReducerFamily)reducer;
            if (family.FindBase(type) is { } found && (best is null || IsCloser(found, best.Value.As, family)) && family.MakeCodec(found) is { } codec)
            {
                best = (found, codec);
            }
        }

        return best?.Codec;
    }

    private static Codec? FindForm(Type reducedAs)
    {
        var all = Volatile.Read(ref s_all);
        return Array.Find(all, each => each.Of == reducedAs) is IReducerFamily named ? named.MakeFormCodec(reducedAs)
            : reducedAs.IsGenericType && Array.Find(all, each => each.Of == reducedAs.GetGenericTypeDefinition()) is IReducerFamily shape
                ? shape.MakeFormCodec(reducedAs)
            : null;
    }

    /// <summary>A class is closer than an interface, a derived type closer than its base, and a type that is named itself closer than as a closing.</summary>
    private static bool IsCloser(Type one, Type other, IReducerFamily family) =>
        one == other ? family is not GenericReducer
        : one.IsInterface == other.IsInterface ? other.IsAssignableFrom(one)
        : other.IsInterface;
}
