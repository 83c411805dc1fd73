using System.Diagnostics;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Chaos.Table;

/// <summary>A child that does something until it is killed, and the time since then.</summary>
internal sealed class Doomed : IDisposable
{
    private readonly ChildProcess _process;
    private long _killed;
    private bool _gone;

    private Doomed(ChildProcess process) => _process = process;

    public int Pid => _process.Pid!.Value;

    public TimeSpan SinceKill => Stopwatch.GetElapsedTime(_killed);

    /// <summary>Starts it, and returns when the body has said that it is where it is to die.</summary>
    public static Doomed At(Action<SharedEvent> body)
    {
        using var there = Mp.Event();
        var doomed = new Doomed(InChild.Start(() =>
        {
            body(there);
            Thread.CurrentThread.Join();
        }));
        there.Wait(InChild.Bound).ShouldBeTrue("the child is where it is to die");
        return doomed;
    }

    /// <summary>Stops it where it is.</summary>
    public void Freeze() => _process.Freeze();

    public void Kill()
    {
        _killed = Stopwatch.GetTimestamp();
        _process.Kill();
    }

    /// <summary>Returns when it is gone. May be called again.</summary>
    public void Dispose()
    {
        if (!_gone)
        {
            _gone = true;
            _process.KillAndJoin();
            _process.Dispose();
        }
    }
}
