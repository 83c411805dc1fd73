using System.Numerics;

namespace Multiproc.Serialization.Pickle;

/// <summary>A number by its value, whatever its type: equal if Python calls the numbers equal. Never made of NaN, which equals nothing.</summary>
internal readonly record struct NumberKey(BigInteger Large, long Small, double Real, double Imaginary)
{
    public static bool TryMake(object value, out NumberKey key)
    {
        switch (value)
        {
            case int number:
                key = Of(number);
                return true;
            case long number:
                key = Of(number);
                return true;
            case bool truth:
                key = Of(truth ? 1 : 0);
                return true;
            case double number:
                key = Of(number);
                return !double.IsNaN(number);
            case BigInteger number:
                key = Of(number);
                return true;
            case Complex number:
                key = number.Imaginary == 0 ? Of(number.Real) : new(default, 0, number.Real + 0.0, number.Imaginary);
                return !double.IsNaN(number.Real) && !double.IsNaN(number.Imaginary);
            case byte or sbyte or short or ushort or uint:
                key = Of(Convert.ToInt64(value, null));
                return true;
            case ulong number:
                key = Of((BigInteger)number);
                return true;
            case float number:
                key = Of((double)number);
                return !float.IsNaN(number);
            default:
                key = default;
                return false;
        }
    }

    private static NumberKey Of(long value) => new(default, value, 0, 0);

    private static NumberKey Of(BigInteger value) => value >= long.MinValue && value <= long.MaxValue ? Of((long)value) : new(value, 0, 0, 0);

    private static NumberKey Of(double value)
    {
        if (Math.Floor(value) != value || double.IsInfinity(value))
        {
            return new(default, 0, value, 0);
        }

        return Math.Abs(value) < long.MaxValue ? Of((long)value) : Of(new BigInteger(value));
    }
}
