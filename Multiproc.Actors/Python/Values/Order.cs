using System.Numerics;
using System.Runtime.CompilerServices;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Python.Values;

/// <summary>Python's order of values: numbers by value, text and bytes by their units, sequences item by item. Others have none.</summary>
internal sealed class Order : IComparer<object?>
{
    private static readonly Order s_instance = new();

    /// <summary>Sorts, keeping equal items in their order.</summary>
    /// <exception cref="PythonException">A TypeError: there are items that cannot be compared.</exception>
    public static List<T> Sorted<T>(List<T> items, bool reverse)
    {
        try
        {
            return reverse
                ? [.. items.OrderByDescending(static each => (object?)each, s_instance)]
                : [.. items.OrderBy(static each => (object?)each, s_instance)];
        }
        catch (InvalidOperationException wrapped) when (wrapped.InnerException is PythonException cause)
        {
            throw new PythonException(cause.Arguments, cause.TypeName);
        }
    }

    /// <exception cref="InsufficientExecutionStackException">A list contains itself: a RecursionError, as in Python.</exception>
    public int Compare(object? x, object? y)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (x is double.NaN || y is double.NaN)
        {
            return 0;
        }

        return (x, y) switch
        {
            (string left, string right) => string.CompareOrdinal(left, right),
            (byte[] left, byte[] right) => left.AsSpan().SequenceCompareTo(right),
            (PyTuple left, PyTuple right) => Items(left, right),
            (List<object?> left, List<object?> right) => Items(left, right),
            (double left, double right) => left.CompareTo(right),
            (DateTime left, DateTime right) => left.CompareTo(right),
            (DateTimeOffset left, DateTimeOffset right) => left.CompareTo(right),
            (DateOnly left, DateOnly right) => left.CompareTo(right),
            (TimeSpan left, TimeSpan right) => left.CompareTo(right),
            _ => Numbers(x, y) ?? throw PythonErrors.Type($"'<' not supported between instances of {PickleNames.Of(x)} and {PickleNames.Of(y)}"),
        };
    }

    private int Items(IReadOnlyList<object?> left, IReadOnlyList<object?> right)
    {
        for (int i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            if (!Equality.Same(left[i], right[i]))
            {
                return Compare(left[i], right[i]);
            }
        }

        return left.Count.CompareTo(right.Count);
    }

    private static int? Numbers(object? x, object? y) => (Exact(x), Exact(y)) switch
    {
        ({ } left, { } right) => left.CompareTo(right),
        ({ } left, null) when y is double real => -Against(real, left),
        (null, { } right) when x is double real => Against(real, right),
        _ => null,
    };

    private static int Against(double real, BigInteger whole) => double.IsInfinity(real)
        ? Math.Sign(real)
        : new BigInteger(Math.Floor(real)).CompareTo(whole) is var floor && floor == 0 && Math.Floor(real) < real ? 1 : floor;

    private static BigInteger? Exact(object? value) => value switch
    {
        bool truth => truth ? 1 : 0,
        int number => number,
        long number => number,
        BigInteger number => number,
        byte or sbyte or short or ushort or uint or ulong => new BigInteger(System.Convert.ToDecimal(value, null)),
        _ => null,
    };
}
