using System.Runtime.Versioning;
using Akka.Actor;
using Akka.Remote.Routing;
using Akka.Routing;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Actors.Remote;

/// <summary>Supervision, deployment and routers across the border of processes.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ActorSupervisionTests : IDisposable
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    private readonly SharedEvent _gate = Mp.Event();
    private readonly List<ChildProcess> _children = [];

    public void Dispose()
    {
        _children.ForEach(static child =>
        {
            child.Kill();
            child.Join();
            child.Dispose();
        });
        _gate.Dispose();
    }

    [Fact]
    public async Task ExceptionOfTheChild_ReachesTheParentsStrategy_AndRestarts()
    {
        using var probe = new ActorProbe();
        var parent = ParentOf(Directive.Restart, probe);
        parent.Tell("one");
        parent.Tell("two");
        (await parent.Ask<int>("count", s_bound)).ShouldBe(3);
        parent.Tell("fail");
        probe.Expect<InvalidOperationException>("the child's exception").Message.ShouldBe("asked to fail");
        (await parent.Ask<int>("count", s_bound)).ShouldBe(1);
        await parent.GracefulStop(s_bound);
    }

    [Fact]
    public async Task Resume_KeepsTheState()
    {
        using var probe = new ActorProbe();
        var parent = ParentOf(Directive.Resume, probe);
        parent.Tell("fail");
        probe.Expect<InvalidOperationException>("the child's exception");
        (await parent.Ask<int>("count", s_bound)).ShouldBe(2);
        await parent.GracefulStop(s_bound);
    }

    [Fact]
    public async Task ParentThatStops_StopsTheChildInTheOtherProcess()
    {
        using var probe = new ActorProbe();
        var parent = ParentOf(Directive.Stop, probe);
        await parent.Ask<int>("count", s_bound);
        var child = await Mp.ActorSystem.ActorSelection(parent.Path / "worker").ResolveOne(s_bound);
        probe.Watch(child);
        await parent.GracefulStop(s_bound);
        probe.Expect<Terminated>("the end of the child").AddressTerminated.ShouldBeFalse();
    }

    [Fact]
    public async Task Deploy_ToTheNameOfAChild_RunsThere()
    {
        var child = StartChild($"Named-{Guid.NewGuid():N}");
        var deploy = new Deploy(new RemoteScope(new Address("akka.mp", "multiproc", child.Name, 1)));
        var placed = Mp.ActorSystem.ActorOf(Props.Create<Echo>().WithDeploy(deploy));
        (await placed.Ask<int>(new GetPid(), s_bound)).ShouldBe(child.Pid!.Value);
    }

    [Fact]
    public void Deploy_ByAFileOfSettings_RunsInTheChildThatItNames()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "akka.actor.deployment { /worker { remote = \"akka.mp://multiproc@there:1\" } }");
        try
        {
            InChild.Run(() =>
            {
                Mp.Configure(MultiprocOptions.Load(file));
                using var gate = Mp.Event();
                using var there = Mp.Process(static gate => gate.Wait(), gate, name: "there");
                there.Start();
                Mp.ActorSystem.ActorOf(Props.Create<Echo>(), "worker").Ask<int>(new GetPid(), s_bound).GetAwaiter().GetResult().ShouldBe(there.Pid!.Value);
                Mp.ActorSystem.ActorOf(Props.Create<Echo>(), "other").Ask<int>(new GetPid(), s_bound).GetAwaiter().GetResult()
                    .ShouldBe(Environment.ProcessId, "the file names one actor");
                gate.Set();
                there.Join(s_bound).ShouldBeTrue();
            });
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Deploy_ToAnUnknownName_SaysSo()
    {
        var deploy = new Deploy(new RemoteScope(new Address("akka.mp", "multiproc", "nobody", 1)));
        var refused = Should.Throw<ActorInitializationException>(() => Mp.ActorSystem.ActorOf(Props.Create<Echo>().WithDeploy(deploy)));
        refused.InnerException!.Message.ShouldContain("names no running child");
    }

    [Fact]
    public async Task Router_WithOneRouteePerProcess_UsesAllOfThem()
    {
        var children = Enumerable.Range(0, 3).Select(_ => StartChild(null)).ToList();
        var addresses = children.Select(static child => child.ActorOf(Props.Create<Echo>()).Path.Address);
        var router = Mp.ActorSystem.ActorOf(new RemoteRouterConfig(new RoundRobinPool(3), addresses).Props(Props.Create<Echo>()));
        var pids = new List<int>();
        for (int i = 0; i < 6; i++)
        {
            pids.Add(await router.Ask<int>(new GetPid(), s_bound));
        }

        pids.Distinct().ShouldBe(children.Select(static child => child.Pid!.Value), ignoreOrder: true);
        children[0].Kill();
        Await.Until("the router to leave out the dead routee", () => router.Ask<Routees>(GetRoutees.Instance, s_bound).Result.Members.Count() == 2);
        await router.GracefulStop(s_bound);
    }

    private IActorRef ParentOf(Directive directive, ActorProbe probe)
    {
        var child = StartChild(null);
        var address = child.ActorOf(Props.Create<Echo>()).Path.Address;
        var props = Props.Create<Counter>().WithDeploy(new Deploy(new RemoteScope(address)));
        return Mp.ActorSystem.ActorOf(Props.Create(() => new Parent(props, directive, probe.Ref)));
    }

    private ChildProcess StartChild(string? name)
    {
        var child = Mp.Process(static gate => gate.Wait(), _gate, name: name);
        child.Start();
        _children.Add(child);
        return child;
    }
}
