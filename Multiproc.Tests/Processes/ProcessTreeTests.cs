using System.Diagnostics;
using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Processes;

/// <summary>What is killed with a child: all that descends from it, also what knows nothing of this library.</summary>
public sealed class ProcessTreeTests
{
    [Theory]
    [InlineData("kill")]
    [InlineData("terminate")]
    [InlineData("dispose")]
    public void Child_Killed_TakesItsWholeTreeAlong(string how)
    {
        using var pids = Mp.Queue<int>();
        using var process = Mp.Process(
            static (queue, token) =>
            {
                using var program = Process.Start("/bin/sh", ["-c", "sleep 1000 & echo $! ; wait"]);
                queue.Put(program.Id);
                var child = Mp.Process(static queue =>
                {
                    using var below = Process.Start("/bin/sleep", ["1000"]);
                    queue.Put(below.Id);
                    queue.Put(Environment.ProcessId);
                    Thread.CurrentThread.Join();
                }, queue);
                child.Start();
                child.Join();
            },
            pids, options: new ProcessOptions { TerminationGrace = TimeSpan.FromMilliseconds(50) });
        process.Start();
        int[] tree = [pids.Get(InChild.Bound), pids.Get(InChild.Bound), pids.Get(InChild.Bound)];
        switch (how)
        {
            case "kill":
                process.Kill();
                break;
            case "terminate":
                process.Terminate(); // The target has a token and does not observe it, so it is killed after the grace.
                break;
            default:
                process.Dispose();
                break;
        }

        Await.Until($"the tree has ended: {string.Join(' ', tree)}", () => tree.All(static pid => Signals.State(pid) is '-' or 'Z'), Promptly.Within(1));
        if (how != "dispose")
        {
            process.Join(InChild.Bound).ShouldBeTrue();
            process.ExitCode.ShouldBe(-9);
        }
    }
}
