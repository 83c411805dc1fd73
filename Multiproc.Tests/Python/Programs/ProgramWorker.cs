namespace Multiproc.Tests.Python.Programs;

/// <summary>What the workers of a random program share. One of the two queues is null.</summary>
internal sealed record ProgramShares(
    SharedQueue<int>? Plain, SharedJoinableQueue<int>? Joinable, DictionaryProxy<int, string> Results, DictionaryProxy<string, int> Tally, SharedLockBase Gate,
    ValueProxy<long> Total, SharedSemaphoreBase Permits, SharedEvent Stop)
{
    public SharedQueueBase<int> Jobs => (SharedQueueBase<int>?)Plain ?? Joinable!;
}

/// <summary>The half of a random program that runs in C#: the same as workers.py.</summary>
internal static class ProgramWorker
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(50);

    public static void Work(string name, ProgramShares shares)
    {
        int done = 0;
        while (true)
        {
            if (!shares.Jobs.TryGet(out int item, s_moment))
            {
                if (shares.Stop.IsSet)
                {
                    return;
                }

                continue;
            }

            shares.Permits.Acquire();
            shares.Gate.Acquire();
            shares.Total.Set(shares.Total.Get() + 1);
            shares.Gate.Release();
            shares.Permits.Release();
            shares.Tally[name] = ++done;
            shares.Results[item] = name;
            shares.Joinable?.TaskDone();
        }
    }
}
