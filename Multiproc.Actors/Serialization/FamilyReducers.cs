using Multiproc.Serialization.Codecs;

namespace Multiproc.Serialization;

/// <summary>A reducer for a base class or an interface.</summary>
internal sealed class FamilyReducer<T, TSent>(Func<T, TSent> reduce, Func<TSent, T> rebuild) : Reducer, IReducerFamily
    where T : class
{
    public override Type Of => typeof(T);

    internal override Codec? MakeCodec() => null;

    public Type? FindBase(Type type) => typeof(T).IsAssignableFrom(type) ? typeof(T) : null;

    public FamilyCodec MakeCodec(Type reducedAs) => new FamilyCodec<T, TSent>(reduce);

    public Codec MakeFormCodec(Type reducedAs) => new ReducedFormCodec<T, TSent>(rebuild);
}

/// <summary>A reducer for all closings of a generic type.</summary>
internal sealed class GenericReducer(Type of, Type reducer) : Reducer, IReducerFamily
{
    private readonly Type _of = of;

    public override Type Of => _of;

    internal override Codec? MakeCodec() => null;

    /// <summary>Says what is wrong with the types; null if they fit.</summary>
    public static string? FaultOf(Type of, Type reducer) =>
        !of.IsGenericTypeDefinition || of.IsValueType ? $"{of} is not an open generic class or interface, such as typeof(List<>)."
        : !reducer.IsGenericTypeDefinition || !reducer.IsClass || reducer.IsAbstract
            ? $"{reducer} is not an open generic class, such as typeof(ListReducer<>)."
        : reducer.GetGenericArguments().Length != of.GetGenericArguments().Length ? $"{reducer} has other type parameters than {of}."
        : reducer.GetConstructor(Type.EmptyTypes) is null ? $"{reducer} has no public constructor without parameters."
        : ReducedBy(reducer, of.MakeGenericType(reducer.GetGenericArguments())) is null
            ? $"{reducer} does not implement IReducer of {of} with its type parameters in their order."
        : null;

    public Type? FindBase(Type type)
    {
        if (!_of.IsAbstract)
        {
            return type.IsGenericType && type.GetGenericTypeDefinition() == _of ? type : null;
        }

        if (_of.IsInterface)
        {
            return Array.Find([.. type.GetInterfaces(), type], IsClosing);
        }

        var level = type;
        while (level is not null && !IsClosing(level))
        {
            level = level.BaseType;
        }

        return level;
    }

    public FamilyCodec? MakeCodec(Type reducedAs) => Make(reducedAs)?.Objects;

    public Codec? MakeFormCodec(Type reducedAs) => Make(reducedAs)?.Forms;

    private bool IsClosing(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == _of;

    private (FamilyCodec Objects, Codec Forms)? Make(Type reducedAs)
    {
        Type closed;
        try
        {
            closed = reducer.MakeGenericType(reducedAs.GetGenericArguments());
        }
        catch (ArgumentException)
        {
            return null; // Its constraints exclude this one.
        }

        var sent = ReducedBy(closed, reducedAs)!.GetGenericArguments()[1];
        var maker = (ICodecsMaker)Activator.CreateInstance(typeof(CodecsMaker<,>).MakeGenericType(reducedAs, sent))!;
        return maker.Make(Activator.CreateInstance(closed)!);
    }

    private static Type? ReducedBy(Type reducer, Type of) => Array.Find(
        reducer.GetInterfaces(),
        each => each.IsGenericType && each.GetGenericTypeDefinition() == typeof(IReducer<,>) && each.GetGenericArguments()[0] == of);

    private interface ICodecsMaker
    {
        (FamilyCodec Objects, Codec Forms) Make(object reducer);
    }

    private sealed class CodecsMaker<T, TSent> : ICodecsMaker
        where T : class
    {
        public (FamilyCodec Objects, Codec Forms) Make(object reducer)
        {
            var functions = (IReducer<T, TSent>)reducer;
            return (new FamilyCodec<T, TSent>(functions.Reduce), new ReducedFormCodec<T, TSent>(functions.Rebuild));
        }
    }
}
