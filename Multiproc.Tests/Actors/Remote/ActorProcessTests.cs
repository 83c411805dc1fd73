using System.Diagnostics;
using Akka.Actor;
using Multiproc.TestKit;

namespace Multiproc.Tests.Actors.Remote;

/// <summary>Actors in processes of their own.</summary>
public sealed class ActorProcessTests
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task ActorOf_Asked_AnswersFromAnotherProcess()
    {
        var actor = Mp.ActorOf(Props.Create<Echo>());
        (await actor.Ask<int>(new GetPid(), s_bound)).ShouldNotBe(Environment.ProcessId);
        (await actor.Ask<string>("hello", s_bound)).ShouldBe("hello");
        await Stop(actor);
    }

    [Fact]
    public async Task Messages_OfOneSender_ArriveInOrder()
    {
        using var probe = new ActorProbe();
        var actor = Mp.ActorOf(Props.Create<Echo>());
        foreach (int i in Enumerable.Range(0, 20_000))
        {
            actor.Tell(i, probe.Ref);
        }

        foreach (int i in Enumerable.Range(0, 20_000))
        {
            probe.Expect<int>($"number {i}").ShouldBe(i);
        }

        await Stop(actor);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(70_000)]
    [InlineData(3_000_000)]
    public async Task Message_OfAnySize_Arrives(int size)
    {
        var actor = Mp.ActorOf(Props.Create<Echo>());
        byte[] sent = new byte[size];
        Random.Shared.NextBytes(sent);
        (await actor.Ask<byte[]>(sent, s_bound)).ShouldBe(sent);
        await Stop(actor);
    }

    [Fact]
    public async Task ChildProcess_ActorOf_RunsInThatChild()
    {
        using var gate = Mp.Event();
        using var child = Mp.Process(static gate => gate.Wait(), gate);
        child.Start();
        var first = child.ActorOf(Props.Create<Echo>(), $"first-{Guid.NewGuid():N}");
        var second = child.ActorOf(Props.Create<Echo>());
        (await first.Ask<int>(new GetPid(), s_bound)).ShouldBe(child.Pid!.Value);
        (await second.Ask<int>(new GetPid(), s_bound)).ShouldBe(child.Pid!.Value);
        using var probe = new ActorProbe();
        probe.Watch(first);
        gate.Set();
        child.Join(s_bound).ShouldBeTrue();
        probe.Expect<Terminated>("the end of the actor with its process").ActorRef.ShouldBe(first);
    }

    [Fact]
    public void ChildProcess_ActorOf_BeforeTheStart_SaysSo()
    {
        using var child = Mp.Process(static () => { });
        Should.Throw<InvalidOperationException>(() => child.ActorOf(Props.Create<Echo>())).Message.ShouldContain("has not been started");
    }

    [Fact]
    public async Task Stopped_EndsItsProcess()
    {
        var actor = Mp.ActorOf(Props.Create<Echo>());
        int pid = await actor.Ask<int>(new GetPid(), s_bound);
        await Stop(actor);
        Await.Until($"the end of process {pid}", () => !IsAlive(pid));
    }

    [Fact]
    public async Task SelectedByPath_IsTheSameActor()
    {
        var actor = Mp.ActorOf(Props.Create<Echo>());
        var identity = await Mp.ActorSystem.ActorSelection(actor.Path).ResolveOne(s_bound);
        identity.ShouldBe(actor);
        (await Mp.ActorSystem.ActorSelection(actor.Path.ToString()).Ask<string>("by path", s_bound)).ShouldBe("by path");
        await Stop(actor);
    }

    [Fact]
    public async Task Ask_OfAnActorThatAnswersWithAFailure_Throws()
    {
        var actor = Mp.ActorOf(Props.Create<Echo>());
        var refusal = new Status.Failure(new InvalidOperationException("no"));
        var failure = await Should.ThrowAsync<InvalidOperationException>(() => actor.Ask<string>(refusal, s_bound));
        failure.Message.ShouldBe("no");
        await Stop(actor);
    }

    [Fact]
    public async Task ActorThatNeverWas_AskTimesOut_AndWatchersAreTold()
    {
        var actor = Mp.ActorOf(Props.Create<Echo>());
        await actor.Ask<string>("here", s_bound);
        var nobody = await Mp.ActorSystem.ActorSelection(actor.Path).ResolveOne(s_bound);
        var missing = ((ExtendedActorSystem)Mp.ActorSystem).Provider.ResolveActorRef(nobody.Path.Root.ToString() + "user/nobody");
        using var probe = new ActorProbe();
        probe.Watch(missing);
        probe.Expect<Terminated>("the news that there is no such actor").ExistenceConfirmed.ShouldBeFalse();
        await Stop(actor);
    }

    [Fact]
    public async Task Limits_OfTheProcess_Apply()
    {
        var actor = Mp.ActorOf(Props.Create<EnvironmentActor>(), new ActorOptions
        {
            Process = new ProcessOptions { Environment = new Dictionary<string, string?> { ["MULTIPROC_TEST"] = "set" } },
        });
        (await actor.Ask<string>("MULTIPROC_TEST", s_bound)).ShouldBe("set");
        await Stop(actor);
    }

    [Fact]
    public void NameThatIsTaken_IsRefused_AndNoProcessStays()
    {
        string name = $"taken-{Guid.NewGuid():N}";
        var actor = Mp.ActorOf(Props.Create<Echo>(), new ActorOptions { Name = name });
        int before = Mp.ActiveChildren().Count;
        Should.Throw<InvalidActorNameException>(() => Mp.ActorOf(Props.Create<Echo>(), new ActorOptions { Name = name }));
        Await.Until("the process that was started for nothing to end", () => Mp.ActiveChildren().Count <= before);
        Mp.ActorSystem.Stop(actor);
    }

    internal static bool IsAlive(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static async Task Stop(IActorRef actor) => (await actor.GracefulStop(s_bound)).ShouldBeTrue();

    internal sealed class EnvironmentActor : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(Environment.GetEnvironmentVariable((string)message) ?? "");
    }
}
