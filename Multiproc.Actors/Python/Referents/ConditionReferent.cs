using Multiproc.Python.Values;

namespace Multiproc.Python.Referents;

/// <summary>A Condition.</summary>
internal sealed class ConditionReferent(SharedCondition condition) : Referent
{
    private static readonly string[] s_exposed = ["__enter__", "__exit__", "acquire", "release", "wait", "notify", "notify_all"];

    public override string TypeId => "Condition";

    public override string ProxyClass => "ConditionProxy";

    public override IReadOnlyList<string> Exposed => s_exposed;

    public override bool IsOfCaller => true;

    public override string Text => $"<{condition}>";

    public override object? Call(Arguments given, IClient client)
    {
        switch (given.Method)
        {
            case "acquire" or "__enter__":
                return LockReferent.Acquire(condition.Gate, given, client);
            case "release" or "__exit__":
                LockReferent.Release(condition.Gate);
                return null;
            case "wait":
                var time = Arguments.Time(given.NextSeconds("timeout"));
                return Held("wait on", () => client.Wait(token => condition.Wait(time, token)));
            case "notify":
                long count = given.NextInteger("n", 1);
                return count <= 0 ? null : Held("notify on", () =>
                {
                    condition.Notify((int)Math.Min(count, int.MaxValue));
                    return (object?)null;
                });
            default:
                return Held("notify on", () =>
                {
                    condition.NotifyAll();
                    return (object?)null;
                });
        }
    }

    private static T Held<T>(string doing, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception notHeld) when (notHeld is InvalidOperationException or SynchronizationLockException && notHeld is not ObjectDisposedException)
        {
            throw PythonErrors.Runtime($"cannot {doing} un-acquired lock");
        }
    }
}
