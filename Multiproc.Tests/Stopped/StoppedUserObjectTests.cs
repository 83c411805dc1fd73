using Multiproc.Tests.Managers;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Stopped;

/// <summary>Users' objects in a manager that is stopped, and objects that wait for a callback: a token ends the call.</summary>
public sealed class StoppedUserObjectTests(CustomObjects objects) : IClassFixture<CustomObjects>
{
    private static readonly TimeSpan s_time = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void CallsWithAToken_ManagerStopped_EndWhenItFires()
    {
        var maths = objects.Manager.Create<IMaths>();
        Proxy untyped = objects.Manager.Create("Maths");
        using var begun = Mp.Event();
        maths.Add(1, 1).ShouldBe(2);
        using (Signals.Stopped(objects.Manager.Pid))
        {
            Ends("a method of an interface", token => maths.WaitAsync(begun, token).AsTask().GetAwaiter().GetResult());
            Ends("a method by its name", token => untyped.CallMethodAsync("Add", [1, 1], token).AsTask().GetAwaiter().GetResult());
            Ends("a stream", token => First(maths.Count(3, token)));
        }

        begun.IsSet.ShouldBeFalse("what was given up before it was read was not called");
        maths.Add(1, 1).ShouldBe(2);
    }

    [Fact]
    public void CallWhoseCallbackDoesNotReturn_TokenFires_Ends()
    {
        Proxy untyped = objects.Manager.Create("Maths");
        // A function that does not return stands for one whose process is stopped in it: the manager waits for it, and the caller does not.
        using var release = new ManualResetEventSlim();
        try
        {
            Ends(
                "a call that calls back",
                token => untyped.CallMethodAsync("Apply", [(Func<int, int>)(x => Blocked(release, x)), 1], token).AsTask().GetAwaiter().GetResult());
        }
        finally
        {
            release.Set();
        }
    }

    private static int Blocked(ManualResetEventSlim release, int x)
    {
        release.Wait(InChild.Bound);
        return x;
    }

    private static void Ends(string what, Action<CancellationToken> call)
    {
        using var source = new CancellationTokenSource(s_time);
        Bounded.Run(what, s_time, () => call(source.Token)).ShouldBeAssignableTo<OperationCanceledException>(what);
    }

    private static void First(IAsyncEnumerable<int> items)
    {
        var enumerator = items.GetAsyncEnumerator();
        enumerator.MoveNextAsync().AsTask().GetAwaiter().GetResult();
    }
}
