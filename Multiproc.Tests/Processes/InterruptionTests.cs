using System.Runtime.InteropServices;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>Signals that are handled cut nothing short. Numbers are those of the conformance list.</summary>
public sealed class InterruptionTests
{
    private const int SigUsr1 = 10;

    [Fact]
    public void Join_SignalHandled_GoesOn()
    {
        // P-33
        using var go = Mp.Event();
        using var seen = Mp.Queue<string>();
        using var parent = Mp.Process(
            static (go, queue) =>
            {
                using var handler = CountSignals(queue);
                using var child = Mp.Process(static go =>
                {
                    go.Wait();
                    Environment.Exit(7);
                }, go);
                child.Start();
                queue.Put("joining");
                child.Join();
                queue.Put($"joined {child.ExitCode}");
            }, go, seen);
        parent.Start();
        seen.Get(InChild.Bound).ShouldBe("joining");
        Disturb(parent, seen);
        go.Set();
        parent.Join(InChild.Bound).ShouldBeTrue();
        seen.GetNowait().ShouldBe("joined 7");
        parent.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void SendOfALargeMessage_SignalHandled_GoesOn()
    {
        //
        const int Size = 16 << 20;
        using var seen = Mp.Queue<string>();
        var (ours, theirs) = Mp.Pipe();
        using var sender = Mp.Process(
            static (connection, queue) =>
            {
                using var handler = CountSignals(queue);
                queue.Put("sending");
                connection.SendBytes(new byte[Size]);
                queue.Put($"sent, then got {connection.Recv<int>()}");
            }, theirs, seen);
        sender.Start();
        seen.Get(InChild.Bound).ShouldBe("sending");
        Disturb(sender, seen);
        ours.RecvBytes().Length.ShouldBe(Size);
        ours.Send(1234);
        sender.Join(InChild.Bound).ShouldBeTrue();
        seen.GetNowait().ShouldBe("sent, then got 1234");
        ours.Dispose();
    }

    [Fact]
    public void Accept_SignalHandled_GoesOn()
    {
        //
        using var seen = Mp.Queue<string>();
        using var process = Mp.Process(
            static queue =>
            {
                using var handler = CountSignals(queue);
                using var listener = new Listener();
                queue.Put(listener.Address.ToString()!);
                using var connection = listener.Accept();
                connection.Send("welcome");
            }, seen);
        process.Start();
        string address = seen.Get(InChild.Bound);
        Disturb(process, seen);
        using var client = Client.Connect(address);
        client.Recv<string>().ShouldBe("welcome");
        process.Join(InChild.Bound).ShouldBeTrue();
        process.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void WaitOnACondition_IsEndedByAnInterrupt()
    {
        // what Ctrl-C is to Python's wait, the token is here.
        using var condition = Mp.Condition();
        using var seen = Mp.Queue<string>();
        using var process = Mp.Process(
            static (condition, queue, token) =>
            {
                using var held = condition.Hold();
                queue.Put("waiting");
                try
                {
                    condition.Wait(cancellation: token);
                }
                catch (OperationCanceledException)
                {
                    queue.Put("interrupted");
                }
            }, condition, seen);
        process.Start();
        seen.Get(InChild.Bound).ShouldBe("waiting");
        condition.Acquire(InChild.Bound).ShouldBeTrue("the child waits, and has let go of the lock");
        condition.Release();
        process.Interrupt();
        process.Join(InChild.Bound).ShouldBeTrue();
        seen.GetNowait().ShouldBe("interrupted");
        process.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void ManagerServer_Interrupted_GoesOnServing() => InChild.Run(static () =>
    {
        //
        using var manager = Mp.Manager();
        var list = manager.List<int>();
        list.Add(1);
        var server = Mp.ActiveChildren().ShouldHaveSingleItem("the server of the manager");
        Signals.Send(server.Pid!.Value, Signals.Interrupt);
        list.Add(2);
        list.Count.ShouldBe(2);
        using var handled = Mp.Semaphore(0);
        using (PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            handled.Release();
        }))
        {
            Signals.Send(Environment.ProcessId, Signals.Interrupt);
            handled.Acquire(InChild.Bound).ShouldBeTrue("the handling of Ctrl-C where the manager was made is as it was");
        }

        list.Count.ShouldBe(2);
    });

    private static PosixSignalRegistration CountSignals(SharedQueue<string> seen) => PosixSignalRegistration.Create((PosixSignal)SigUsr1, signal =>
    {
        signal.Cancel = true;
        seen.Put("signal");
    });

    /// <summary>Some signals, each seen by its handler before the next.</summary>
    private static void Disturb(ChildProcess process, SharedQueue<string> seen)
    {
        for (int i = 0; i < 5; i++)
        {
            Signals.Send(process.Pid!.Value, SigUsr1);
            seen.Get(InChild.Bound).ShouldBe("signal");
        }

        Await.Until("the process is still there", () => process.IsAlive);
    }
}
