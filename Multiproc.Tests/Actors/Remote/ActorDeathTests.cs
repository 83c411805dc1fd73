using System.Diagnostics;
using System.Runtime.Versioning;
using Akka.Actor;
using Akka.Event;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Actors.Remote;

/// <summary>The death of a process is told to the watchers of its actors, and to nobody else.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ActorDeathTests
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Killed_TellsWatchersOfAllItsActors()
    {
        using var gate = Mp.Event();
        using var child = Mp.Process(static gate => gate.Wait(), gate);
        child.Start();
        var actors = Enumerable.Range(0, 5).Select(_ => child.ActorOf(Props.Create<Echo>())).ToList();
        using var probe = new ActorProbe();
        foreach (var actor in actors)
        {
            (await actor.Ask<int>(new GetPid(), s_bound)).ShouldBe(child.Pid!.Value);
            probe.Watch(actor);
        }

        child.Kill();
        Enumerable.Range(0, 5).Select(i => probe.Expect<Terminated>($"death {i} of 5").ActorRef).ShouldBe(actors, ignoreOrder: true);
    }

    [Fact]
    public async Task Killed_TellsWatchersInSiblings()
    {
        var watcher = Mp.ActorOf(Props.Create<Echo>());
        var victim = Mp.ActorOf(Props.Create<Echo>());
        int pid = await victim.Ask<int>(new GetPid(), s_bound);
        using var probe = new ActorProbe();
        watcher.Tell(new Watching(victim), probe.Ref);
        probe.Expect<string>("the sibling to watch");
        Process.GetProcessById(pid).Kill();
        probe.Expect<IActorRef>("the news of the death from the sibling").ShouldBe(victim);
        await watcher.GracefulStop(s_bound);
    }

    [Fact]
    public async Task WatchedAfterItsDeath_IsToldAtOnce()
    {
        var victim = Mp.ActorOf(Props.Create<Echo>());
        int pid = await victim.Ask<int>(new GetPid(), s_bound);
        using var first = new ActorProbe();
        first.Watch(victim);
        Process.GetProcessById(pid).Kill();
        first.Expect<Terminated>("the death");
        using var probe = new ActorProbe();
        probe.Watch(victim);
        probe.Expect<Terminated>("the news of a death that is long past").ActorRef.ShouldBe(victim);
    }

    [Fact]
    public async Task Killed_TellsThoseWhoAwaitItsEnd()
    {
        var victim = Mp.ActorOf(Props.Create<Echo>());
        int pid = await victim.Ask<int>(new GetPid(), s_bound);
        var end = victim.WatchAsync();
        Process.GetProcessById(pid).Kill();
        await end.WaitAsync(s_bound);
        (await victim.GracefulStop(s_bound).WaitAsync(s_bound)).ShouldBeTrue();
    }

    [Fact]
    public async Task Stopped_IsNotDead_AndGoesOn()
    {
        var actor = Mp.ActorOf(Props.Create<Echo>());
        int pid = await actor.Ask<int>(new GetPid(), s_bound);
        using var watching = new ActorProbe();
        watching.Watch(actor);
        var other = Mp.ActorOf(Props.Create<Echo>());
        Task<string> answer;
        using (Signals.Stopped(pid))
        {
            answer = actor.Ask<string>("are you there?", s_bound);

            // An actor of a third process is heard meanwhile: nothing else is held up.
            (await other.Ask<string>("yes", s_bound)).ShouldBe("yes");
            answer.IsCompleted.ShouldBeFalse();
        }

        (await answer).ShouldBe("are you there?");
        await actor.GracefulStop(s_bound);
        watching.Expect<Terminated>("the end, only now").AddressTerminated.ShouldBeFalse();
        await other.GracefulStop(s_bound);
    }

    [Fact]
    public async Task ProcessThatDoesNotRead_HoldsUpNeitherOtherServicesNorDeaths()
    {
        using var queue = Mp.Queue<string>();
        using var go = Mp.Event();
        var (reader, other, victim) = (Mp.ActorOf(Props.Create<Echo>()), Mp.ActorOf(Props.Create<Echo>()), Mp.ActorOf(Props.Create<Echo>()));
        int pid = await reader.Ask<int>(new GetPid(), s_bound);
        int victimPid = await victim.Ask<int>(new GetPid(), s_bound);
        using var user = Mp.Process(
            static (queue, go, other) =>
            {
                queue.Put("ready");
                go.Wait();
                queue.Put(other.Ask<string>("from the user", s_bound).GetAwaiter().GetResult());
            },
            queue, go, other);
        user.Start();
        queue.Get(s_bound).ShouldBe("ready");
        using var probe = new ActorProbe();
        probe.Watch(victim);

        Task flood;
        using (Signals.Stopped(pid))
        {
            // More than its ring holds: the one that sends waits.
            byte[] large = new byte[100_000];
            flood = OwnThread.Run(() =>
            {
                for (int i = 0; i < 200; i++)
                {
                    reader.Tell(large);
                }
            });
            go.Set();
            queue.Get(s_bound).ShouldBe("from the user");
            Process.GetProcessById(victimPid).Kill();
            probe.Expect<Terminated>("a death while a process does not read").ActorRef.ShouldBe(victim);
        }

        await flood.WaitAsync(s_bound, TestContext.Current.CancellationToken);
        (await reader.Ask<string>("it reads again", s_bound)).ShouldBe("it reads again");
        await reader.GracefulStop(s_bound);
        await other.GracefulStop(s_bound);
    }

    [Fact]
    public async Task MessagesToADeadProcess_BecomeDeadLetters()
    {
        using var probe = new ActorProbe();
        var victim = Mp.ActorOf(Props.Create<Echo>());
        int pid = await victim.Ask<int>(new GetPid(), s_bound);
        probe.Watch(victim);
        Process.GetProcessById(pid).Kill();
        probe.Expect<Terminated>("the death");
        string text = $"too late {Guid.NewGuid()}";
        Mp.ActorSystem.EventStream.Subscribe(probe.Ref, typeof(DeadLetter));
        victim.Tell(text, probe.Ref);
        Await.Until("the dead letter", () => probe.Expect<DeadLetter>("a dead letter").Message as string == text);
        Mp.ActorSystem.EventStream.Unsubscribe(probe.Ref);
    }

    [Fact]
    public async Task NewProcess_UnderTheOldName_WorksAtOnce()
    {
        string name = $"again-{Guid.NewGuid():N}";
        for (int round = 0; round < 3; round++)
        {
            var actor = Mp.ActorOf(Props.Create<Echo>(), new ActorOptions { Name = name });
            int pid = await actor.Ask<int>(new GetPid(), s_bound);
            using var probe = new ActorProbe();
            probe.Watch(actor);
            Process.GetProcessById(pid).Kill();
            probe.Expect<Terminated>("the death");
            Await.Until("the name to be free", () => !((ExtendedActorSystem)Mp.ActorSystem).Guardian.GetChild([name]).IsNobody() is false);
        }
    }

    [Fact]
    public async Task ParentThatDies_EndsTheActorsThatItDeployed()
    {
        using var gate = Mp.Event();
        using var witness = Mp.Process(static gate => gate.Wait(), gate);
        witness.Start();
        var grandparent = Mp.ActorOf(Props.Create<Echo>());
        int pid = await grandparent.Ask<int>(new GetPid(), s_bound);
        var ofChild = await grandparent.Ask<IActorRef>(new Start("inner"), s_bound);
        using var probe = new ActorProbe();
        probe.Watch(ofChild);
        Process.GetProcessById(pid).Kill();
        probe.Expect<Terminated>("the end of the child actor").ActorRef.ShouldBe(ofChild);
        gate.Set();
        witness.Join(s_bound).ShouldBeTrue();
    }
}
