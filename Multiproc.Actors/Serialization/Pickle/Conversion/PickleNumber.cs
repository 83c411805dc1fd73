using System.Numerics;

namespace Multiproc.Serialization.Pickle;

/// <summary>Converts Python's int to any number type that holds it.</summary>
internal static class PickleNumber
{
    public static object To(Type type, object value)
    {
        var number = value switch
        {
            int small => small,
            long large => large,
            _ => (BigInteger)value,
        };
        try
        {
            return Type.GetTypeCode(type) switch
            {
                TypeCode.SByte when !type.IsEnum => (object)(sbyte)number,
                TypeCode.Byte when !type.IsEnum => (byte)number,
                TypeCode.Int16 when !type.IsEnum => (short)number,
                TypeCode.UInt16 when !type.IsEnum => (ushort)number,
                TypeCode.Int32 when !type.IsEnum => (int)number,
                TypeCode.UInt32 when !type.IsEnum => (uint)number,
                TypeCode.Int64 when !type.IsEnum => (long)number,
                TypeCode.UInt64 when !type.IsEnum => (ulong)number,
                TypeCode.Single => (float)number,
                TypeCode.Double => (double)number,
                TypeCode.Decimal => (decimal)number,
                _ when type == typeof(BigInteger) => number,
                _ when type == typeof(Int128) => (Int128)number,
                _ when type == typeof(UInt128) => (UInt128)number,
                _ when type == typeof(nint) => (nint)number,
                _ when type == typeof(nuint) => (nuint)number,
                _ when type == typeof(Complex) => (Complex)number,
                _ => throw PickleConversion.Mismatch(type, value),
            };
        }
        catch (OverflowException)
        {
            throw new PickleMisfit($"is {PickleNames.Shown(value)}, which no {TypeNames.Of(type)} holds: receive a System.Numerics.BigInteger");
        }
    }
}
