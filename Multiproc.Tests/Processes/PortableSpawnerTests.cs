using Multiproc.Nodes;
using Multiproc.Processes;
using Multiproc.Processes.Portable;
using Multiproc.Serialization;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>The way of starting processes that other systems use; it works here too.</summary>
public sealed class PortableSpawnerTests
{
    /// <summary>One in a process: the second would take the tickets of the first for unknown.</summary>
    private static readonly PortableSpawner s_spawner = Spawner.Current as PortableSpawner ?? new PortableSpawner();

    [Fact]
    public void Spawn_ByStdin_RunsTheWorkAndTellsItsEnd()
    {
        using var queue = Mp.Queue<string>();
        var session = Start(() => queue.Put($"hello from {Mp.CurrentProcess.Name}"));
        queue.Get(InChild.Bound).ShouldBe("hello from portable");
        session.Process.Exited.Wait(InChild.Bound).ShouldBeTrue();
        session.Process.Exited.Result.Code.ShouldBe(0);
        session.HasBooted.ShouldBeTrue();
    }

    [Fact]
    public void Kill_EndsIt()
    {
        using var started = Mp.Event();
        var session = Start(() =>
        {
            started.Set();
            Thread.CurrentThread.Join();
        });
        started.Wait(InChild.Bound).ShouldBeTrue();
        session.Process.Kill();
        session.Process.Exited.Wait(InChild.Bound).ShouldBeTrue();
        session.Process.Exited.Result.Signal.ShouldBe(9);
    }

    [Fact]
    public void Terminate_GoesOverTheConnection()
    {
        using var started = Mp.Event();
        var session = Start(() =>
        {
            started.Set();
            Thread.CurrentThread.Join();
        });
        started.Wait(InChild.Bound).ShouldBeTrue();
        session.Terminate(InChild.Bound);
        session.Process.Exited.Wait(InChild.Bound).ShouldBeTrue();
        session.Status(session.Process.Exited.Result).Code.ShouldBe(-15);
    }

    [Fact]
    public void HostThatCannotRun_IsNamedWithItsStderr()
    {
        var broken = HostCommand.Current with { Host = "/no/such/Multiproc.Host.dll" };
        Should.Throw<ProcessStartException>(() =>
            s_spawner.Spawn(broken, new SpawnOptions(), static _ => { })).Message.ShouldContain("/no/such/Multiproc.Host.dll");
    }

    private static ChildSession Start(Action work)
    {
        var session = ChildSession.Begin(s_spawner, HostCommand.Current, new SpawnOptions());
        session.Run(new ChildStart(
            "portable", "1", Daemon: false, "MainProcess", Environment.ProcessId, ProcessKey.Current.Bytes, ProcessKey.Current.Program,
            Environment.CurrentDirectory, default, StartMethod.Spawn,
            (int)Microsoft.Extensions.Logging.LogLevel.None, WaitForDebugger: false, default, default,
            Serializer.Pack<ChildWork>(new ActionWork(work))));
        return session;
    }
}
