using System.Diagnostics;
using System.Runtime.Versioning;
using Akka.Actor;
using Multiproc.Tests.Managers;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Actors.Remote;

/// <summary>Actors of a process that is reached over TCP with TLS, as one of another machine is.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class OtherMachineActorTests : IDisposable
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(30);

    private readonly OtherMachine _machine = new(TlsOptions.FromAuthKey);
    private readonly FarManager _manager;
    private readonly IFarActors _far;

    public OtherMachineActorTests()
    {
        try
        {
            _manager = _machine.Connect();
            _far = _manager.Create<IFarActors>();
        }
        catch
        {
            // A test that was not made is not disposed of.
            _manager?.Dispose();
            _machine.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _manager.Dispose();
        _machine.Dispose();
    }

    [Fact]
    public async Task Asked_OverTls_Answers()
    {
        var actor = _far.Start();
        (await actor.Ask<int>(new GetPid(), s_bound)).ShouldBe(_far.Pid());
        byte[] large = new byte[3 << 20];
        Random.Shared.NextBytes(large);
        (await actor.Ask<byte[]>(large, s_bound)).ShouldBe(large);
    }

    [Fact]
    public async Task Killed_TellsWatchersOverTls()
    {
        var actors = new[] { _far.Start(), _far.Start() };
        using var probe = new ActorProbe();
        foreach (var actor in actors)
        {
            (await actor.Ask<int>(new GetPid(), s_bound)).ShouldBe(_far.Pid());
            probe.Watch(actor);
        }

        int pid = _far.Pid();
        long killed = Stopwatch.GetTimestamp();
        Process.GetProcessById(pid).Kill();
        new[] { probe.Expect<Terminated>("the first death").ActorRef, probe.Expect<Terminated>("the second death").ActorRef }
            .ShouldBe(actors, ignoreOrder: true);
        Stopwatch.GetElapsedTime(killed).ShouldBeLessThan(Promptly.Within(0.2));
    }

    [Fact]
    public async Task ActorOfHere_IsWatchedFromThere()
    {
        var watcher = _far.Start();
        var victim = Mp.ActorOf(Props.Create<Echo>());
        int pid = await victim.Ask<int>(new GetPid(), s_bound);
        using var here = new ActorProbe();
        var local = Mp.ActorSystem.ActorOf(Props.Create<Echo>());
        watcher.Tell(new Watching(local), here.Ref);
        here.Expect<string>("the far actor to watch an actor of this process");
        Mp.ActorSystem.Stop(local);
        here.Expect<IActorRef>("the news of its end").ShouldBe(local);
        Process.GetProcessById(pid).Kill();
        await victim.WatchAsync(CancellationToken.None).WaitAsync(s_bound, TestContext.Current.CancellationToken);
    }
}
