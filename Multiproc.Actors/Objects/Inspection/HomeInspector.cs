using Multiproc.Nodes;
using Multiproc.States;

namespace Multiproc.Objects.Inspection;

/// <summary>Looks at all objects of a home, one after the other: each as it is at one moment, all of them not at the same.</summary>
internal static class HomeInspector
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<(long Id, HomeObject Object, ObjectLook Look)> LookAtAll(Home home, ObjectKind? only = null)
    {
        var looks = new List<(long, HomeObject, ObjectLook)>();
        foreach (var (id, found) in home.Objects.AllByNumber().Where(each => only is null || each.Value.Kind == only))
        {
            var done = new TaskCompletionSource<ObjectLook?>(TaskCreationOptions.RunContinuationsAsynchronously);
            home.Deliver(found, new SnapshotRequest(done));
            if (done.Task.WaitAsync(s_patience).GetAwaiter().GetResult() is { } look)
            {
                looks.Add((id, found, look));
            }
        }

        return looks;
    }

    /// <summary>Whether somebody waits at an object of a kind; also when one of them did not show itself in time.</summary>
    public static bool AnyWaiter(Home home, ObjectKind kind)
    {
        try
        {
            return LookAtAll(home, kind).Any(static each => each.Look.Waiting.Count > 0);
        }
        catch (TimeoutException)
        {
            return true;
        }
    }

    public static IReadOnlyList<ObjectReport> Report(Home home)
    {
        var now = home.Now;
        var reports = LookAtAll(home).Select(each => Report(home, each.Id, each.Object, each.Look, now));
        return [.. reports.Concat(home.Objects.AllMemoryByNumber().Select(static each => new ObjectReport { Id = each.Key, Type = each.Value.Type, Bytes = each.Value.Bytes })).OrderBy(static each => each.Id)];
    }

    private static ObjectReport Report(Home home, long id, HomeObject found, ObjectLook look, Instant now) => new()
    {
        Id = id,
        Type = found.Kind.Name,
        Bytes = found.Cell?.Size ?? 0,
        Holders = [.. look.View.Holders.Select(each => new ObjectHolder(new ObjectParty(home.PidOf(each.Process), each.Thread), each.Count))],
        Waiters =
        [
            .. look.Waiting.OrderBy(static each => each.Value.Ticks).Select(each => new ObjectWaiter(
                new ObjectParty(home.PidOf(each.Key.Process), look.View.WaitingThreads.GetValueOrDefault(each.Key)), TimeSpan.FromTicks(Math.Max(0, now.Ticks - each.Value.Ticks)))),
        ],
        Counts = look.View.Counts,
    };
}
