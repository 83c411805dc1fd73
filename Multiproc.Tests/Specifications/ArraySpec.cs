namespace Multiproc.Tests.Specifications;

/// <summary>What shared arrays do, wherever their user is. Numbers are those of the conformance list.</summary>
/// <typeparam name="THost">Where the user is.</typeparam>
public abstract class ArraySpec<THost> : Spec<THost>
    where THost : SpecHost, new()
{
    private static readonly int[] s_sequence = [680, 626, 934, 821, 150, 233, 548, 982, 714, 831];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Array_FromItems_IsReadWrittenAndSliced(bool withLock)
    {
        // V-06
        using var array = Mp.Array('i', s_sequence, withLock);
        array.Length.ShouldBe(10);
        array[3].ShouldBe(s_sequence[3]);
        array[^1].ShouldBe(831);
        array.GetSlice(2..7).ShouldBe(s_sequence[2..7]);
        array[2..4].ToArray().ShouldBe([934, 821]);
        array.SetSlice(4..8, [1, 2, 3, 4]);
        array[^1] = 5;
        int[] expected = [680, 626, 934, 821, 1, 2, 3, 4, 714, 5];
        array.ToArray().ShouldBe(expected);
        _host.Run(() =>
        {
            array.ShouldBe(expected);
            for (int i = 1; i < array.Length; i++)
            {
                array[i] += array[i - 1];
            }
        });
        for (int i = 1; i < expected.Length; i++)
        {
            expected[i] += expected[i - 1];
        }

        array.ToArray().ShouldBe(expected);
        ((IReadOnlyList<int>)array).Count.ShouldBe(10);
    }

    [Fact]
    public void Array_FromSize_IsZeroedThoughItsMemoryWasUsed()
    {
        // V-07
        const int Size = 10;
        for (int round = 0; round < 3; round++)
        {
            using var array = Mp.Array('i', Size).As<int>();
            array.ToArray().ShouldBe(new int[Size]);
            array.SetSlice(.., [.. Enumerable.Range(0, Size)]);
            array.ShouldBe(Enumerable.Range(0, Size));
        }
    }

    [Fact]
    public void Array_OutOfBounds_IsAnErrorAndNoFault()
    {
        using var array = Mp.Array<long>(3);
        using var empty = Mp.Array<long>(0);
        _host.Run(() =>
        {
            foreach (int index in new[] { -1, 3, int.MaxValue, int.MinValue })
            {
                Should.Throw<ArgumentOutOfRangeException>(() => array[index]);
                Should.Throw<ArgumentOutOfRangeException>(() => array[index] = 1);
                Should.Throw<ArgumentOutOfRangeException>(() => array.Increment(index));
                Should.Throw<ArgumentOutOfRangeException>(() => array.Exchange(index, 1));
                Should.Throw<ArgumentOutOfRangeException>(() => array.CompareExchange(index, 1, 0));
                Should.Throw<ArgumentOutOfRangeException>(() => empty[index]);
            }

            Should.Throw<ArgumentOutOfRangeException>(() => array[^4]);
            array.GetSlice(1..5).ShouldBe(new long[2], "a slice is cut, as in Python");
            Should.Throw<ArgumentOutOfRangeException>(() => array.SetSlice(1..5, [1, 2, 3, 4]));
            Should.Throw<ArgumentException>(() => array.SetSlice(0..2, [1])).Message.ShouldContain("1 items do not fit");
            array.ToArray().ShouldBe(new long[3]);
            empty.ToArray().ShouldBeEmpty();
        });
        Should.Throw<ArgumentOutOfRangeException>(() => Mp.Array<int>(-1));
        Should.Throw<ArgumentOutOfRangeException>(() => Mp.RawArray('i', -1));
        Should.Throw<MultiprocException>(() => Mp.Array<decimal>(int.MaxValue)).Message.ShouldContain("Ask for less");
    }

    [Fact]
    public void Elements_ChangedInOneStep_LoseNothing()
    {
        const int Rounds = 5_000;
        using var array = Mp.RawArray<double>(2);
        var here = Support.OwnThread.Run(() => Count(array, Rounds));
        _host.Run(() => Count(array, Rounds));
        here.WaitAsync(Support.InChild.Bound).GetAwaiter().GetResult();
        array.ToArray().ShouldBe([2.0 * Rounds, 4.0 * Rounds]);
        array.Exchange(0, 5).ShouldBe(2.0 * Rounds);
        array.CompareExchange(0, 6, expected: 5).ShouldBe(5);
        array[0].ShouldBe(6);
    }

    [Fact]
    public void Text_OfBytes_EndsAtTheFirstZero()
    {
        // V-11
        using var text = Mp.Array('c', new byte[20]);
        text.SetText("hello");
        _host.Run(() => text.SetText(text.GetText() + text.GetText()));
        text.GetText().ShouldBe("hellohello");
        text.ToArray().ShouldBe([.. "hellohello"u8, .. new byte[10]]);
        Should.Throw<ArgumentException>(() => text.SetText(new string('x', 21)));
        text.SetText(new string('é', 10));
        text.GetText().ShouldBe(new string('é', 10));
    }

    private static void Count(SharedArray<double> array, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            array.Increment(0);
            array.Add(1, 2);
        }
    }
}

public sealed class ArrayInProcess : ArraySpec<InProcessHost>;

public sealed class ArrayInChild : ArraySpec<ChildHost>;
