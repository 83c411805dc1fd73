using Multiproc.Serialization;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Pool;

/// <summary>
/// What is too large only as a sum: the task's result says so, and its worker lives on. The limit of a message is lowered in the workers, which warm processes
/// the tests gigabytes.
/// </summary>
public sealed class TooLargeSumTests : IDisposable
{
    private const int Limit = 1_000_000;
    private const int Third = 400_000;

    private readonly ProcessPool _pool = Mp.Pool(1, initializer: static () => WireWriter.LargestMessage = Limit);

    public static TheoryData<string> Shapes =>
        ["list of arrays", "array of arrays", "array of texts", "tuple", "dictionary", "numbers", "one array", "texts of a record"];

    public void Dispose() => _pool.Dispose();

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Result_TooLargeAsASum_IsAnErrorAndTheWorkerLivesOn(string shape)
    {
        int worker = _pool.Apply(static () => Environment.ProcessId);
        Refusal(() => _pool.Apply(Make, shape)).ShouldContain("which can have");
        Refusal(() => _pool.ApplyAsync(Make, shape).Get(InChild.Bound));
        Refusal(() => _pool.Map(Make, [shape, shape, shape]));
        Refusal(() => _pool.Imap(Make, [shape, shape, shape], chunkSize: 3).Next(InChild.Bound));
        Refusal(() => _pool.ImapUnordered(Make, [shape], chunkSize: 1).Next(InChild.Bound));
        Refusal(() => _pool.StarMap(static (text, _) => Make(text), [(shape, 1)]));
        _pool.Apply(static () => Environment.ProcessId).ShouldBe(worker);
    }

    [Fact]
    public void Results_ThatFitAlone_ComeThoughTheirSumDoesNot() =>
        _pool.Map(static size => new byte[size], Enumerable.Repeat(Third, 6), chunkSize: 6).ShouldAllBe(static result => result.Length == Third);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Exception_WithMoreThanAMessage_ComesShortenedAndTheWorkerLivesOn(bool asData)
    {
        int worker = _pool.Apply(static () => Environment.ProcessId);
        var thrown = Should.Throw<Exception>(() => _pool.Apply(Throw, asData));
        thrown.ShouldNotBeOfType<WorkerDiedException>();
        thrown.Message.ShouldContain(asData ? "with data" : "InvalidOperationException");
        Should.Throw<Exception>(() => _pool.Map(Throw, [asData, asData])).ShouldNotBeOfType<WorkerDiedException>();
        _pool.Apply(static () => Environment.ProcessId).ShouldBe(worker);
    }

    private static string Refusal(Action call)
    {
        var thrown = Should.Throw<SerializationException>(call);
        return thrown.Message;
    }

    private static int Throw(bool asData)
    {
        var failure = new InvalidOperationException(asData ? "with data" : new string('x', 2 * Limit));
        if (asData)
        {
            failure.Data["large"] = Make("list of arrays");
        }

        throw failure;
    }

    private static object Make(string shape) => shape switch
    {
        "list of arrays" => new List<byte[]> { new byte[Third], new byte[Third], new byte[Third] },
        "array of arrays" => new[] { new int[Third / 4], new int[Third / 4], new int[Third / 4] },
        "array of texts" => new[] { new string('a', Third), new string('b', Third), new string('c', Third) },
        "tuple" => (new byte[Third], new double[Third / 8], new string('a', Third)),
        "dictionary" => new Dictionary<int, byte[]> { [1] = new byte[Third], [2] = new byte[Third], [3] = new byte[Third] },
        "numbers" => Enumerable.Range(int.MaxValue / 2, Limit).ToList(),
        "one array" => new byte[Limit],
        _ => new Named(new string('a', Limit / 2), new string('b', Limit / 2)),
    };

    private sealed record Named(string First, string Second);
}
