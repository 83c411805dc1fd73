using System.Diagnostics;

namespace Multiproc.Tests.Pool;

/// <summary>Chunks of many tasks, whose results come back together: each task keeps its own result, its own failure, and its own death.</summary>
public sealed class ManyTasksTests : IDisposable
{
    private const int Tasks = 40;
    private const int Chunk = 10;

    private readonly ProcessPool _pool = Mp.Pool(2);

    public void Dispose() => _pool.Dispose();

    /// <summary>The first and the last of a chunk, and some between.</summary>
    public static TheoryData<int> Places => [0, 15, 19, Tasks - 1];

    [Theory]
    [MemberData(nameof(Places))]
    public void Death_InAChunkOfNumbers_CostsTheRunningTaskOnly(int deadly) =>
        LosesOnly(deadly, static x => (x, 0.5), static (x, result) => result == (x, 0.5));

    [Theory]
    [MemberData(nameof(Places))]
    public void Death_InAChunkOfTexts_CostsTheRunningTaskOnly(int deadly) =>
        LosesOnly(deadly, static x => $"number {x}", static (x, result) => result == $"number {x}");

    [Theory]
    [MemberData(nameof(Places))]
    public void Death_AmongLargeResults_CostsTheRunningTaskOnly(int deadly) =>
        LosesOnly(
            deadly, static x => new string((char)('a' + (x % 26)), x % 3 == 0 ? 100_000 : 1),
            static (x, result) => result == new string((char)('a' + (x % 26)), x % 3 == 0 ? 100_000 : 1));

    [Theory]
    [MemberData(nameof(Places))]
    public void Death_AmongFailures_CostsTheRunningTaskOnly(int deadly) =>
        LosesOnly(
            deadly, static x => x % 2 == 0 ? x : throw new InvalidOperationException($"odd {x}"), static (x, result) => result == x,
            static (x, failure) => failure.Message == $"odd {x}");

    [Fact]
    public void Failures_InAChunk_ComeToTheirTasks()
    {
        // PL-22
        using var results = _pool.Imap(static x => x % 7 == 3 ? throw new ArgumentException($"seven {x}") : x, Enumerable.Range(0, 100), chunkSize: 20);
        for (int i = 0; i < 100; i++)
        {
            if (i % 7 == 3)
            {
                Should.Throw<ArgumentException>(() => results.Next(Bounded.Time)).Message.ShouldBe($"seven {i}");
            }
            else
            {
                results.Next(Bounded.Time).ShouldBe(i);
            }
        }

        results.MoveNext().ShouldBeFalse();
    }

    [Fact]
    public void Unsendable_InputsAndResultsInAChunk_FailTheirTasksOnly()
    {
        using var results = _pool.Imap<object, object>(
            static x =>
                x is 5 ? Thread.CurrentThread : x, Enumerable.Range(0, 20).Select(static i => i == 7 ? (object)Thread.CurrentThread : i), chunkSize: 10);
        for (int i = 0; i < 20; i++)
        {
            if (i is 5 or 7)
            {
                Should.Throw<SerializationException>(() => results.Next(Bounded.Time));
            }
            else
            {
                results.Next(Bounded.Time).ShouldBe(i);
            }
        }
    }

    [Fact]
    public void Packed_ValuesOfManyTypes_TravelBothWays()
    {
        Both(static i => i % 2 == 0);
        Both(static i => (DayOfWeek)(i % 7));
        Both(static i => (i, (byte)i, (1.5 * i, 'x')));
        Both(static i => new Point(i, -i));
        Both(static i => i % 3 == 0 ? (int?)null : i);
        Both(static i => (decimal)i / 3);
        Both(static i => (i, $"{i}"));
        Both(static i => new Guid(i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
        _pool.MapWithin(static x => new Wide(x), Enumerable.Range(0, 100), 25).Select(static wide => wide.Last).ShouldBe(Enumerable.Range(0, 100));
    }

    [Fact]
    public void Results_OfSlowTasks_CanBeHadBeforeTheirChunkEnds()
    {
        // The last task ends when the results of those before it have been taken. They wake nobody, but a caller that looks finds them.
        using var taken = Mp.Event();
        using var results = Slowly(_pool, taken);
        var seen = new List<int>();
        TestKit.Await.Until("the results before the last", () =>
        {
            try
            {
                seen.Add(results.Next(TimeSpan.FromMilliseconds(1)));
            }
            catch (MultiprocTimeoutException)
            {
                // Not yet.
            }

            return seen.Count == 3;
        });
        seen.ShouldBe([0, 1, 2]);
        taken.Set();
        results.Next(Bounded.Time).ShouldBe(3);
        results.Next(Bounded.Time).ShouldBe(4);
    }

    [Fact]
    public void ManyResults_MoreThanADraftHolds_AllCome() =>
        _pool.MapWithin(
            static x => (long)x * x, Enumerable.Range(0, 100_000), chunkSize: 50_000).ShouldBe(Enumerable.Range(0, 100_000).Select(static x => (long)x * x));

    private static PoolResults<int> Slowly(ProcessPool pool, SharedEvent taken) => pool.Imap(
        x =>
        {
            Thread.CurrentThread.Join(2);
            return x < 4 || taken.Wait(Bounded.Time) ? x : -1;
        },
        Enumerable.Range(0, 5), chunkSize: 5);

    private void Both<T>(Func<int, T> make)
    {
        T[] values = [.. Enumerable.Range(0, 50).Select(make)];
        _pool.MapWithin(static value => value, values, 10).ShouldBe(values);
    }

    private void LosesOnly<T>(int deadly, Func<int, T> work, Func<int, T, bool> isRight, Func<int, Exception, bool>? isExpected = null)
    {
        using var ran = Mp.Array<int>(Tasks);
        using var results = Start(_pool, ran, deadly, work);
        for (int i = 0; i < Tasks; i++)
        {
            try
            {
                isRight(i, results.Next(Bounded.Time)).ShouldBeTrue($"result {i}");
                i.ShouldNotBe(deadly);
            }
            catch (WorkerDiedException died)
            {
                died.TaskIndex.ShouldBe(deadly);
                i.ShouldBe(deadly);
            }
            catch (InvalidOperationException failure) when (isExpected is not null)
            {
                isExpected(i, failure).ShouldBeTrue($"failure {i}");
            }
        }

        ran.ToArray().ShouldBe(Enumerable.Repeat(1, Tasks), "each task ran once: what was done before the death was not lost");
    }

    /// <summary>A method of its own, so that the pool is not in one closure with what the tasks capture.</summary>
    private static PoolResults<T> Start<T>(ProcessPool pool, SharedArray<int> ran, int deadly, Func<int, T> work) => pool.Imap(
        x =>
        {
            ran[x]++;
            if (x == deadly)
            {
                using var self = Process.GetCurrentProcess();
                self.Kill();
                Thread.CurrentThread.Join();
            }

            return work(x);
        },
        Enumerable.Range(0, Tasks), chunkSize: Chunk);

    private readonly record struct Point(int X, long Y);

    /// <summary>Larger than what travels packed.</summary>
    private unsafe struct Wide(int value)
    {
        private fixed int _before[500];

        public int Last { get; set; } = value;
    }
}
