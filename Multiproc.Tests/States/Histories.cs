using FsCheck;
using FsCheck.Fluent;

namespace Multiproc.Tests.States;

/// <summary>
/// Runs a check over many random histories from a fixed seed. A history that fails is shrunk to one from which nothing can be left
/// out, and printed with its seed. Moves must be meaningful in any order: a check skips what makes no sense at the moment.
/// </summary>
internal static class Histories
{
    public static void Check<TMove>(int seed, int histories, int length, Func<Random, TMove> move, Action<IReadOnlyList<TMove>> check)
    {
        var moves = Gen.Choose(0, int.MaxValue).Select(number => move(new Random(number)));
        var lives = Gen.Choose(1, length).SelectMany(many => moves.ArrayOf(many));
        Prop.ForAll(Arb.From(lives, Shorter), life => check(life))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(histories).WithReplay((ulong)seed, Gamma).WithEndSize(length));
    }

    /// <summary>The generator needs an odd number beside the seed.</summary>
    private const ulong Gamma = 0x9E3779B97F4A7C15;

    /// <summary>Half of it, a quarter less, an eighth less … at every place: the first that still fails is shrunk further.</summary>
    private static IEnumerable<TMove[]> Shorter<TMove>(TMove[] moves)
    {
        for (int size = (moves.Length + 1) / 2; size > 0; size /= 2)
        {
            for (int at = 0; at + size <= moves.Length; at += size)
            {
                yield return [.. moves[..at], .. moves[(at + size)..]];
            }
        }
    }
}
