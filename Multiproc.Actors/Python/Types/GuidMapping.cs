using System.Numerics;

namespace Multiproc.Python.Types;

/// <summary>Maps <c>uuid.UUID</c> to <see cref="Guid"/>. Whether the identifier was made in a way that is safe for several processes is dropped.</summary>
internal sealed class GuidMapping() : PythonMapping("uuid", "UUID", typeof(Guid))
{
    private const int GuidBytes = 16;

    public override object Read(PythonObject value, Func<object?, object?> inner) => (value.State, value.Arguments) switch
    {
        (Dictionary<object, object?> state, _) when state.TryGetValue("int", out object? number) => OfNumber(number),
        (null, { Items: [string text] }) when Guid.TryParse(text, out var id) => id,
        _ => throw Misfit("it has no number"),
    };

    public override PythonObject Write(object value) => new(Class, new PyTuple(((Guid)value).ToString()));

    private Guid OfNumber(object? value)
    {
        BigInteger number = value switch
        {
            int small => small,
            long large => large,
            BigInteger big => big,
            _ => -1,
        };
        byte[] bytes = new byte[GuidBytes];
        if (number < 0 || number.GetByteCount(isUnsigned: true) > GuidBytes)
        {
            throw Misfit("its number is not one of 128 bits");
        }

        number.TryWriteBytes(bytes.AsSpan(GuidBytes - number.GetByteCount(isUnsigned: true)), out _, isUnsigned: true, isBigEndian: true);
        return new Guid(bytes, bigEndian: true);
    }
}
