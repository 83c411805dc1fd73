using System.Diagnostics;
using System.IO.Pipes;
using System.Net.Sockets;
using Multiproc.TestKit;
using Multiproc.Tests.Support;
using Multiproc.Transport;

namespace Multiproc.Tests.Transport;

public sealed class LifeMonitorTests
{
    private static readonly TimeSpan s_bound = Promptly.Within(2);

    [Fact]
    public void Watch_ProcessHoldingTheOtherEndIsKilled_IsNoticedAtOnce()
    {
        using var child = Process.Start(new ProcessStartInfo("sleep", "600") { RedirectStandardOutput = true, UseShellExecute = false })!;
        var pipe = child.StandardOutput.BaseStream.ShouldBeAssignableTo<PipeStream>()!;
        try
        {
            AssertNoticed((int)pipe.SafePipeHandle.DangerousGetHandle(), child.Kill);
        }
        finally
        {
            child.Kill();
            child.WaitForExit();
        }
    }

    [Fact]
    public void Watch_OtherEndCloses_IsNoticedAtOnce()
    {
        var (ours, theirs) = LinkPairs.Sockets();
        using (ours)
        {
            AssertNoticed((int)ours.Handle, theirs.Dispose);
        }
    }

    [Fact]
    public void Forget_BeforeTheEnd_HandlerIsNotCalled()
    {
        var (ours, theirs) = LinkPairs.Sockets();
        var (control, controlled) = LinkPairs.Sockets();
        using (ours)
        using (control)
        {
            int called = 0;
            LifeMonitor.Current.Watch((int)ours.Handle, () => Interlocked.Increment(ref called));
            LifeMonitor.Current.Forget((int)ours.Handle);
            theirs.Dispose();

            // By the time that a later end was seen, the earlier would have been.
            AssertNoticed((int)control.Handle, controlled.Dispose);
            called.ShouldBe(0);
        }
    }

    [Fact]
    public void Watch_ManyDescriptors_EachEndIsItsOwn()
    {
        const int Count = 50;
        (Socket Ours, Socket Theirs)[] pairs = [.. Enumerable.Range(0, Count).Select(static _ => LinkPairs.Sockets())];
        int[] ends = new int[Count];
        for (int i = 0; i < Count; i++)
        {
            int index = i;
            int descriptor = (int)pairs[i].Ours.Handle;
            LifeMonitor.Current.Watch(descriptor, () =>
            {
                LifeMonitor.Current.Forget(descriptor);
                Interlocked.Increment(ref ends[index]);
            });
        }

        for (int i = 0; i < Count; i += 2)
        {
            pairs[i].Theirs.Dispose();
        }

        Await.Until("all ends to be noticed", () => ends.Sum() == Count / 2, s_bound);
        ends.Where(static (count, index) => count != (index % 2 == 0 ? 1 : 0)).ShouldBeEmpty();
        foreach (var (ours, theirs) in pairs)
        {
            LifeMonitor.Current.Forget((int)ours.Handle);
            ours.Dispose();
            theirs.Dispose();
        }
    }

    [Fact]
    public void Join_ChildIsKilled_IsNoticedAtOnce()
    {
        using var child = Mp.Process(StayForEver);
        child.Start();
        child.IsAlive.ShouldBeTrue();
        long begun = Stopwatch.GetTimestamp();
        child.Kill();
        child.Join(InChild.Bound).ShouldBeTrue();
        Stopwatch.GetElapsedTime(begun).ShouldBeLessThan(s_bound);
        child.ExitCode.ShouldBe(-9);
    }

    private static void StayForEver() => new ManualResetEventSlim().Wait();

    private static void AssertNoticed(int descriptor, Action end)
    {
        int noticed = 0;
        LifeMonitor.Current.Watch(descriptor, () =>
        {
            LifeMonitor.Current.Forget(descriptor);
            Interlocked.Increment(ref noticed);
        });
        Volatile.Read(ref noticed).ShouldBe(0);
        end();
        Await.Until("the end to be noticed", () => Volatile.Read(ref noticed) > 0, s_bound);
        noticed.ShouldBe(1);
    }
}
