namespace Multiproc.Cluster.Tests.Nodes;

/// <summary>Objects of users' classes.</summary>
[Collection(NodeTests.Name)]
public sealed class RecordedTests(OneNode node) : IClassFixture<OneNode>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public interface ICalc
    {
        long Total { get; }

        long Add(long number);

        Task<long> AddLaterAsync(long number, CancellationToken cancellation);
    }

    [Fact]
    public async Task Object_OfAUsersClass_DoesEachCallOnce()
    {
        var stop = TestContext.Current.CancellationToken;
        var calc = node.Cluster.Create<ICalc, Calc, Sum>("calc", new Sum(2, []));
        calc.Add(40).ShouldBe(42);
        (await calc.AddLaterAsync(1, stop)).ShouldBe(43);
        Should.Throw<ArgumentOutOfRangeException>(() => calc.Add(-1));
        using var child = Mp.Process(
            static (ICalc there) =>
            {
                for (int i = 0; i < 5; i++)
                {
                    there.Add(1);
                }
            },
            calc);
        child.Start();
        Parallel.For(0, 2, new ParallelOptions { CancellationToken = stop }, _ =>
        {
            for (int i = 0; i < 5; i++)
            {
                calc.Add(1);
            }
        });
        child.Join(s_patience).ShouldBeTrue();
        child.ExitCode.ShouldBe(0);
        calc.Total.ShouldBe(58);
        Should.Throw<NameConflictException>(() => node.Cluster.Value<Sum>("calc")).Message.ShouldContain("Object<");
        await node.RestartAsync();
        node.Cluster.Create<ICalc, Calc, Sum>("calc", new Sum(0, [])).Total.ShouldBe(58);
    }

    public sealed record Sum(long Total, string[] Notes);

    private sealed class Calc(Sum sum) : ICalc, IRecorded<Calc, Sum>
    {
        private readonly List<string> _notes = [.. sum.Notes];

        public long Total { get; private set; } = sum.Total;

        public static Calc Load(Sum record) => new(record);

        public Sum Save() => new(Total, [.. _notes]);

        public long Add(long number)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(number);
            _notes.Add($"+{number}");
            return Total += number;
        }

        public async Task<long> AddLaterAsync(long number, CancellationToken cancellation)
        {
            await Task.Yield();
            cancellation.ThrowIfCancellationRequested();
            return Add(number);
        }
    }
}
