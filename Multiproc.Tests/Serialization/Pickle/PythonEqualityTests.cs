using System.Numerics;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Tests.Serialization.Pickle;

public sealed class PythonEqualityTests
{
    private static readonly object?[][] s_alike =
    [
        [1, 1L, 1.0, true, (byte)1, (ulong)1, BigInteger.One, 1f, Complex.One],
        [0, -0.0, false, Complex.Zero],
        [1.5, 1.5f, new Complex(1.5, 0)],
        [BigInteger.Pow(2, 70), Math.Pow(2, 70)],
        [long.MinValue, -Math.Pow(2, 63)],
        [ulong.MaxValue, BigInteger.Pow(2, 64) - 1],
        [null, DBNull.Value],
        [new byte[] { 1, 2 }, new byte[] { 1, 2 }],
        [new PyTuple(1, "a"), new PyTuple(1.0, "a")],
        [new PyFrozenSet([1, 2]), new PyFrozenSet([2.0, true, 1])],
        [new PyTimeZone(TimeSpan.FromHours(1)), new PyTimeZone(TimeSpan.FromHours(1), "CET")],
    ];

    [Fact]
    public void Values_ThatPythonCallsEqual_AreEqualWithEqualHashes()
    {
        foreach (var (left, right) in s_alike.SelectMany(row => row.SelectMany(left => row.Select(right => (left, right)))))
        {
            PythonEquality.Instance.Equals(left, right).ShouldBeTrue($"{left} and {right}");
            PythonEquality.Instance.GetHashCode(left).ShouldBe(PythonEquality.Instance.GetHashCode(right), $"{left} and {right}");
        }
    }

    [Fact]
    public void Values_ThatPythonTellsApart_AreDifferent()
    {
        object?[] all =
        [
            1, 2, 1.5, "1", null, "", new byte[] { 1 }, PyTuple.Empty, new PyTuple(1), new PyTuple(1, 2), new PyTuple(2, 1), new PyFrozenSet([1]),
            new PyFrozenSet([]),
            long.MaxValue, Math.Pow(2, 63), double.NaN, double.NaN, new Complex(0, 1), double.PositiveInfinity, BigInteger.Pow(2, 70), TimeSpan.Zero,
            new List<object?>(), new List<object?>(),
        ];
        for (int i = 0; i < all.Length; i++)
        {
            for (int j = 0; j < all.Length; j++)
            {
                PythonEquality.Instance.Equals(all[i], all[j]).ShouldBe(i == j, $"{all[i]} and {all[j]}");
            }
        }
    }
}
