namespace Multiproc.Tests.States;

/// <summary>
/// Random lives of a pool: workers come, do chunks, give chunks back, die in the middle of them, are replaced after so many tasks; jobs come, get more
/// input, are cancelled; the pool grows and shrinks. The model is a book of tasks: each is done or lost exactly once, none is in two hands, every job comes
/// to its end, and the pool keeps its size.
/// </summary>
public sealed class PoolHistoryTests
{
    [Fact]
    public void Step_RandomHistories_EveryTaskOnceAndEveryJobEnds() =>
        Histories.Check(seed: 31, histories: 8000, length: 50, Random, static moves => new PoolLife(moves).Play(moves));

    [Fact]
    public void Step_SameHistoryTwice_GivesTheSameTranscript() =>
        Histories.Check(
            seed: 32, histories: 400, length: 50, Random, static moves => new PoolLife(moves).Play(moves).ShouldBe(new PoolLife(moves).Play(moves)));

    private static PoolMove Random(Random random)
    {
        int dice = random.Next(60);
        var kind = dice switch
        {
            < 6 => PoolMoveKind.Submit,
            < 9 => PoolMoveKind.More,
            < 15 => PoolMoveKind.Ready,
            < 18 => PoolMoveKind.FailStart,
            < 31 => PoolMoveKind.Done,
            < 36 => PoolMoveKind.Die,
            < 39 => PoolMoveKind.Cancel,
            < 41 => PoolMoveKind.Grace,
            < 45 => PoolMoveKind.Tick,
            < 48 => PoolMoveKind.GiveBack,
            < 51 => PoolMoveKind.Resize,
            < 58 => PoolMoveKind.DoneBeside,
            < 59 => PoolMoveKind.Grow,
            _ => PoolMoveKind.Close,
        };
        return new PoolMove(kind, random.Next(100), random.Next(12));
    }
}
