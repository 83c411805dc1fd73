namespace Multiproc.Tests.States;

/// <summary>
/// Runs a check over many random histories from a fixed seed. A history that fails is shrunk to one from which nothing can be left
/// out, and printed with its seed. Moves must be meaningful in any order: a check skips what makes no sense at the moment.
/// </summary>
internal static class Histories
{
    public static void Check<TMove>(int seed, int histories, int length, Func<Random, TMove> move, Action<IReadOnlyList<TMove>> check)
    {
        for (int i = 0; i < histories; i++)
        {
            var random = new Random(seed + i);
            var moves = new List<TMove>();
            for (int many = random.Next(1, length + 1); many > 0; many--)
            {
                moves.Add(move(random));
            }

            if (FailureOf(moves, check) is not null)
            {
                var shortest = Shrink(moves, check);
                Assert.Fail($"A random history failed (seed {seed + i}, {moves.Count} moves, {shortest.Count} after shrinking):\n"
                    + $"{string.Join('\n', shortest)}\n{FailureOf(shortest, check)}");
            }
        }
    }

    private static List<TMove> Shrink<TMove>(List<TMove> moves, Action<IReadOnlyList<TMove>> check)
    {
        for (int size = moves.Count / 2; size > 0;)
        {
            bool shrunk = false;
            for (int at = 0; at + size <= moves.Count;)
            {
                List<TMove> without = [.. moves[..at], .. moves[(at + size)..]];
                if (FailureOf(without, check) is not null)
                {
                    moves = without;
                    shrunk = true;
                }
                else
                {
                    at += size;
                }
            }

            size = shrunk ? Math.Min(size, moves.Count) : size / 2;
        }

        return moves;
    }

    private static Exception? FailureOf<TMove>(IReadOnlyList<TMove> moves, Action<IReadOnlyList<TMove>> check)
    {
        try
        {
            check(moves);
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }
}
