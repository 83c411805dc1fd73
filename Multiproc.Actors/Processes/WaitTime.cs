namespace Multiproc.Processes;

/// <summary>The library's timeouts as .NET's: null waits for ever, zero or less does not wait.</summary>
internal static class WaitTime
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(int.MaxValue - 1);

    public static TimeSpan Of(TimeSpan? timeout) => timeout switch
    {
        null => Timeout.InfiniteTimeSpan,
        { Ticks: <= 0 } => TimeSpan.Zero,
        { } some => some < s_longest ? some : s_longest,
    };
}
