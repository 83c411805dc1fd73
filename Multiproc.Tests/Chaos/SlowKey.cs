using System.Diagnostics;

namespace Multiproc.Tests.Chaos;

/// <summary>
/// A key whose hash code is the test's: a dictionary of such keys calls it while it is read, so a test can stop a process, end it or fail in the middle of
/// unpacking. Where nothing is armed it is a plain key.
/// </summary>
public sealed record SlowKey(int Number)
{
    /// <summary>What happens in this process when a key of the last number is hashed.</summary>
    public enum Trap
    {
        None,
        Block,
        Throw,
        Die,
    }

    private static SharedEvent? s_reached;
    private static int s_number;
    private static Trap s_trap;

    /// <summary>From now on, in this process only.</summary>
    public static void Arm(Trap trap, int number, SharedEvent? reached = null) => (s_trap, s_number, s_reached) = (trap, number, reached);

    public static Dictionary<SlowKey, int> Item(int number) => new() { [new SlowKey(number)] = number };

    public static int NumberOf(Dictionary<SlowKey, int> item) => item.Values.Single();

    public bool Equals(SlowKey? other) => other is not null && other.Number == Number;

    public override int GetHashCode()
    {
        if (s_trap != Trap.None && Number == s_number)
        {
            Spring();
        }

        return Number;
    }

    private static void Spring()
    {
        s_reached?.Set();
        switch (s_trap)
        {
            case Trap.Block:
                Thread.CurrentThread.Join();
                break;
            case Trap.Throw:
                throw new FormatException("This key cannot be hashed here.");
            case Trap.Die:
                Process.GetCurrentProcess().Kill();
                Thread.CurrentThread.Join();
                break;
        }
    }
}
