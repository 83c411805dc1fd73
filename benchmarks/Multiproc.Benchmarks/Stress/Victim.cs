using System.Diagnostics;

namespace Multiproc.Benchmarks.Stress;

/// <summary>Specifies how a process ends.</summary>
internal enum Ending
{
    ByItself,
    Exception,
    Terminate,
    Interrupt,
    Kill,
    Dispose,

    /// <summary>Killed by SIGKILL from outside.</summary>
    KillFromOutside,

    /// <summary>Kill of a process that has a child, possibly before the child has begun.</summary>
    KillWithChild,

    /// <summary>Terminate of a process that has a child.</summary>
    TerminateWithChild,
}

/// <summary>One process of the storm, with the way in which it ends.</summary>
internal sealed class Victim
{
    private readonly ChildProcess _process;
    private readonly Ending _ending;
    private readonly SharedEvent _go;

    public Victim(StartMethod method, Ending ending, SharedQueue<int> pids, bool deaf)
    {
        _ending = ending;
        _go = Mp.Event();
        var context = Mp.GetContext(method);
        var options = new ProcessOptions { TerminationGrace = TimeSpan.FromSeconds(1), KeepStderr = true };
        _process = ending switch
        {
            Ending.KillWithChild or Ending.TerminateWithChild => context.Process(HaveAChild, pids, options: options),
            Ending.Exception => context.Process(Fail, pids, options: options),
            _ when deaf => context.Process(Hold, pids, options: options),
            _ => context.Process(WaitFor, pids, _go, options: options),
        };
        _process.Start();
    }

    public int Pid => _process.Pid!.Value;

    /// <summary>Ends the process in its way; it may not have begun yet.</summary>
    public void End()
    {
        switch (_ending)
        {
            case Ending.ByItself or Ending.Exception:
                _go.Set();
                break;
            case Ending.Terminate or Ending.TerminateWithChild:
                _process.Terminate();
                break;
            case Ending.Interrupt:
                _process.Interrupt();
                break;
            case Ending.KillFromOutside:
                using (var outside = Process.GetProcessById(_process.Pid!.Value))
                {
                    outside.Kill();
                }

                break;
            case Ending.Kill or Ending.KillWithChild:
                _process.Kill();
                break;
        }

        if (_ending != Ending.Dispose && !_process.Join(TimeSpan.FromSeconds(60)))
        {
            throw new TimeoutException($"{_process} did not end within 60 s after {_ending}.");
        }

        _process.Dispose();
        _go.Dispose();
    }

    private static void WaitFor(SharedQueue<int> pids, SharedEvent go, CancellationToken token)
    {
        pids.Put(Environment.ProcessId);
        go.Wait(cancellation: token);
    }

    private static void Hold(SharedQueue<int> pids)
    {
        pids.Put(Environment.ProcessId);
        Thread.CurrentThread.Join();
    }

    private static void Fail(SharedQueue<int> pids)
    {
        pids.Put(Environment.ProcessId);
        throw new InvalidOperationException("an exception of the stress run");
    }

    private static void HaveAChild(SharedQueue<int> pids)
    {
        pids.Put(Environment.ProcessId);
        var child = Mp.Process(Hold, pids);
        child.Start();
        pids.Put(child.Pid!.Value);
        child.Join();
    }
}
