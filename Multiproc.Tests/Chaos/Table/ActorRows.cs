using System.Diagnostics;
using Akka.Actor;
using Multiproc.Tests.Actors.Remote;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos.Table;

/// <summary>The process of an actor dies, which others watch.</summary>
internal static class ActorRows
{
    public static TimeSpan Watched()
    {
        var victim = Mp.ActorOf(Props.Create<Echo>());
        int pid = victim.Ask<int>(new GetPid(), InChild.Bound).GetAwaiter().GetResult();
        using var probe = new ActorProbe();
        probe.Watch(victim);
        long killed = Kill(pid);
        probe.Expect<Terminated>("the death").ActorRef.ShouldBe(victim);
        return Stopwatch.GetElapsedTime(killed);
    }

    public static TimeSpan WatchedBySibling()
    {
        var watcher = Mp.ActorOf(Props.Create<Echo>());
        var victim = Mp.ActorOf(Props.Create<Echo>());
        int pid = victim.Ask<int>(new GetPid(), InChild.Bound).GetAwaiter().GetResult();
        using var probe = new ActorProbe();
        watcher.Tell(new Watching(victim), probe.Ref);
        probe.Expect<string>("the sibling to watch");
        long killed = Kill(pid);
        probe.Expect<IActorRef>("the news from the sibling").ShouldBe(victim);
        var time = Stopwatch.GetElapsedTime(killed);
        watcher.GracefulStop(InChild.Bound).GetAwaiter().GetResult().ShouldBeTrue();
        return time;
    }

    private static long Kill(int pid)
    {
        long killed = Stopwatch.GetTimestamp();
        Process.GetProcessById(pid).Kill();
        return killed;
    }
}
