using System.Runtime.CompilerServices;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Specifications;

/// <summary>What shared values do, wherever their user is. Numbers are those of the conformance list.</summary>
/// <typeparam name="THost">Where the user is.</typeparam>
public abstract class ValueSpec<THost> : Spec<THost>
    where THost : SpecHost, new()
{
    [Fact]
    public void Value_OfEachNumber_KeepsItsStartAndShowsTheUsersWrites()
    {
        // V-01
        using var i = Mp.Value('i', 4343);
        using var d = Mp.Value('d', 3.625);
        using var h = Mp.RawValue('h', (short)-232);
        using var q = Mp.RawValue('q', 2L << 33);
        using var c = Mp.Value('c', (byte)'x');
        (i.Value, d.Value, h.Value, q.Value, c.Value).ShouldBe((4343, 3.625, (short)-232, 2L << 33, (byte)'x'));
        _host.Run(() =>
        {
            (i.Value, d.Value, h.Value, q.Value, c.Value).ShouldBe((4343, 3.625, (short)-232, 2L << 33, (byte)'x'));
            (i.Value, d.Value, h.Value, q.Value, c.Value) = (1234, -1.5, 234, 2L << 36, (byte)'y');
        });
        (i.Value, d.Value, h.Value, q.Value, c.Value).ShouldBe((1234, -1.5, (short)234, 2L << 36, (byte)'y'));
    }

    [Fact]
    public void Lock_GivenOwnOrNone_IsAsAsked()
    {
        // V-02, V-03, V-08
        using var recursive = Mp.RLock();
        using var plain = Mp.Lock();
        using var own = Mp.Value(5);
        using var none = Mp.Value(5, @lock: false);
        using var given = Mp.Value(5, @lock: recursive);
        using var givenPlain = Mp.Value('i', 5, @lock: plain);
        using var byNull = Mp.Value(5, @lock: null);
        using var array = Mp.Array<int>(3, @lock: plain);
        own.GetLock().ShouldBeOfType<SharedRLock>();
        byNull.GetLock().ShouldBeOfType<SharedRLock>().ShouldNotBeSameAs(own.GetLock());
        given.GetLock().ShouldBeSameAs(recursive);
        array.GetLock().ShouldBeSameAs(plain);
        none.HasLock.ShouldBeFalse();
        Should.Throw<InvalidOperationException>(() => none.GetLock()).Message.ShouldContain("has no lock");
        Should.Throw<InvalidOperationException>(() => Mp.RawValue(1).GetLock());
        Should.Throw<InvalidOperationException>(() => Mp.RawArray<int>(1).GetLock());
        _host.Run(() =>
        {
            using (givenPlain.Hold())
            {
                plain.Locked.ShouldBeTrue("the lock is the given one, also there");
                array.GetLock().Acquire(TimeSpan.Zero).ShouldBeFalse();
                array.ToArray().ShouldBe(new int[3], "a lock that this thread has is not taken twice");
            }

            using (given.GetLock().Hold())
            {
                recursive.Locked.ShouldBeTrue();
            }

            own.GetObj() = 6;
        });
        own.GetObj().ShouldBe(6);
        given.Dispose();
        recursive.Acquire(TimeSpan.Zero).ShouldBeTrue("a given lock does not end with the value");
    }

    [Fact]
    public void Increment_UnderTheLockOrInOneStep_LosesNothing()
    {
        // V-05
        const int Rounds = 2_000;
        using var held = Mp.Value(0);
        using var atomic = Mp.Value(0.0);
        var here = OwnThread.Run(() => Count(held, atomic, Rounds));
        _host.Run(() => Count(held, atomic, Rounds));
        here.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        held.Value.ShouldBe(2 * Rounds);
        atomic.Value.ShouldBe(2 * Rounds);
    }

    [Fact]
    public void Atomics_OfEachNumber_ReturnWhatPythonCannot()
    {
        using var i = Mp.Value(int.MaxValue);
        using var u = Mp.Value(7u);
        using var l = Mp.Value(7L);
        using var q = Mp.Value(ulong.MaxValue);
        using var f = Mp.Value(0.5f);
        using var d = Mp.Value(double.NaN);
        _host.Run(() =>
        {
            i.Increment().ShouldBe(int.MinValue, "as .NET's numbers, it wraps around");
            u.Add(3).ShouldBe(10u);
            l.Exchange(-1).ShouldBe(7);
            l.CompareExchange(5, expected: 0).ShouldBe(-1);
            l.CompareExchange(5, expected: -1).ShouldBe(-1);
            l.Value.ShouldBe(5);
            q.Increment().ShouldBe(0ul);
            f.Add(0.25f).ShouldBe(0.75f);
            d.Add(1).ShouldBe(double.NaN, "it ends also where nothing equals itself");
        });
        using var small = Mp.Value((short)1);
        Should.Throw<NotSupportedException>(() => small.Increment()).Message.ShouldContain("Hold the lock");
        Should.Throw<NotSupportedException>(() => small.Exchange(2));
        Should.Throw<NotSupportedException>(() => small.CompareExchange(2, 1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Struct_WithNestedOnesAndBuffers_IsChangedByFieldAndWhole(bool withLock)
    {
        // V-10, V-15
        using var mixed = Mp.Value(default(Mixed), withLock);
        using var empty = Mp.RawValue<Mixed>();
        empty.Value.Inner.D.ShouldBe(0);
        empty.Value.Numbers[3].ShouldBe(0);
        mixed.Value = new Mixed { I = 7, Inner = new Inner { D = 3.5, L = 1L << 40 } };
        _host.Run(() =>
        {
            using var hold = mixed.HasLock ? mixed.Hold() : default;
            ref var inPlace = ref mixed.GetObj();
            inPlace.I *= 2;
            inPlace.Inner.D *= 2;
            inPlace.Numbers[3] = 99;
            var whole = mixed.Value;
            whole.Inner.L *= 2;
            mixed.Value = whole;
        });
        var after = mixed.Value;
        (after.I, after.Inner.D, after.Inner.L, after.Numbers[3]).ShouldBe((14, 7.0, 1L << 41, 99));
    }

    [Fact]
    public void LargeStruct_WrittenByTwo_IsNeverSeenHalf()
    {
        using var pair = Mp.Value(default(Mixed));
        using var stop = Mp.Event();
        var writer = OwnThread.Run(() =>
        {
            for (int i = 0; !stop.IsSet; i++)
            {
                pair.Value = new Mixed { I = i, Inner = new Inner { L = i } };
            }
        });
        _host.Run(() =>
        {
            for (int i = 0; i < 2_000; i++)
            {
                var seen = pair.Value;
                seen.Inner.L.ShouldBe(seen.I);
            }
        });
        stop.Set();
        writer.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }

    [Fact]
    public void Value_WithAFixedBuffer_IsSharedWhole()
    {
        // V-09, V-10
        using var value = Mp.Value(default(Fixed));
        using var array = Mp.Array<Fixed>(3);
        _host.Run(() =>
        {
            using var _ = value.Hold();
            ref var whole = ref value.GetObj();
            for (int i = 0; i < Fixed.Cells; i++)
            {
                whole.Set(i, i * i);
            }

            var last = default(Fixed);
            last.Set(Fixed.Cells - 1, 7);
            array[^1] = last;
        });
        Enumerable.Range(0, Fixed.Cells).Select(i => value.Value.Get(i)).ShouldBe(Enumerable.Range(0, Fixed.Cells).Select(static i => i * i));
        (array[2].Get(Fixed.Cells - 1), array[1].Get(Fixed.Cells - 1)).ShouldBe((7, 0));
    }

    private static void Count(SharedValue<int> held, SharedValue<double> atomic, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            using (held.GetLock().Hold())
            {
                held.Value += 1;
            }

            atomic.Increment();
        }
    }

    private struct Inner
    {
        public double D;
        public long L;
    }

    private struct Mixed
    {
        public int I;
        public Inner Inner;
        public Buffer Numbers;
    }

    private unsafe struct Fixed
    {
        public const int Cells = 5;
        private fixed int _cells[Cells];
        private readonly Inner _inner;

        public void Set(int at, int value) => _cells[at] = value;

        public readonly int Get(int at) => _cells[at];
    }

    [InlineArray(4)]
    private struct Buffer
    {
        public int First;
    }
}

public sealed class ValueInProcess : ValueSpec<InProcessHost>;

public sealed class ValueInChild : ValueSpec<ChildHost>;
