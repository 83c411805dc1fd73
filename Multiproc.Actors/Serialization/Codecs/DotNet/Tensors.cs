using System.Reflection;
using System.Runtime.CompilerServices;

namespace Multiproc.Serialization.Codecs;

/// <summary>
/// Sends tensors of System.Numerics.Tensors, which is a package and not part of .NET 10: the methods are found by name, so that this library does not depend on
/// it. Elements go in the order of rows, whatever the strides of the tensor are.
/// </summary>
internal static class Tensors
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Codec? Find(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition().FullName == "System.Numerics.Tensors.Tensor`1"
            ? (Codec)Activator.CreateInstance(typeof(TensorCodec<,>).MakeGenericType(type, type.GetGenericArguments()[0]))!
            : null;
}

internal sealed class TensorCodec<TTensor, T> : Codec<TTensor>
    where TTensor : class
{
    private readonly Lengths _lengths;
    private readonly Flatten _flatten;
    private readonly Create _create;
    private readonly Codec<T[]> _elements = (Codec<T[]>)CodecTable.For(typeof(T[]));

    private delegate ReadOnlySpan<nint> Lengths(TTensor tensor);

    private delegate void Flatten(TTensor tensor, Span<T> destination);

    private delegate TTensor Create(T[] elements, ReadOnlySpan<nint> lengths);

    public TensorCodec()
    {
        _lengths = typeof(TTensor).GetProperty("Lengths")!.GetMethod!.CreateDelegate<Lengths>();
        _flatten = typeof(TTensor).GetMethod("FlattenTo", [typeof(Span<T>)])!.CreateDelegate<Flatten>();
        _create = typeof(TTensor).Assembly.GetType("System.Numerics.Tensors.Tensor", throwOnError: true)!
            .GetMethod(
                "Create", 1, BindingFlags.Public | BindingFlags.Static, null,
                [Type.MakeGenericMethodParameter(0).MakeArrayType(), typeof(ReadOnlySpan<nint>)], null)!
            .MakeGenericMethod(typeof(T)).CreateDelegate<Create>();
    }

    public override bool IsLate(object value) => true;

    public override void Write(WriteContext context, TTensor value)
    {
        var lengths = _lengths(value);
        context.Writer.VarUInt((uint)lengths.Length);
        long total = 1;
        foreach (nint length in lengths)
        {
            context.Writer.VarUInt((ulong)length);
            total *= length;
        }

        var elements = new T[total];
        _flatten(value, elements);
        _elements.Write(context, elements);
    }

    public override TTensor Read(ReadContext context, ref WireReader reader, int id)
    {
        nint[] lengths = new nint[reader.Count(1)];
        foreach (ref nint length in lengths.AsSpan())
        {
            length = reader.Natural();
        }

        // Create refuses lengths that do not fit the elements.
        return _create(_elements.Read(context, ref reader, -1), lengths);
    }
}
