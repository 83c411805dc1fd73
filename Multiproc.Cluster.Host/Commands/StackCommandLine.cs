using System.CommandLine;
using Multiproc.Diagnostics.Stacks;
using Multiproc.Host.Ps;

namespace Multiproc.Cluster.Host.Commands;

/// <summary>Shows what each thread of a process does: <c>multiproc-host stack 4711</c>.</summary>
internal static class StackCommandLine
{
    public static Command Make()
    {
        var pid = new Argument<int>("PID") { Description = "The number of the process: multiproc-host ps lists them." };
        var all = new Option<bool>("--all") { Description = "Also the stacks of threads that run no code of the program." };
        var timeout = new Option<double>("--timeout")
        {
            Description = "How many seconds the process may take to answer.", DefaultValueFactory = static _ => 30,
        };
        var json = new Option<bool>("--json") { Description = "JSON in place of text, with all threads." };
        var command = new Command(
            "stack",
            "Shows, for each managed thread of a .NET process of this user, what it does or waits for, and its stack. The process stands still for some "
                + "milliseconds. Exit codes: 3 no such process, 4 not .NET or closed to diagnostics, 5 another user's, 1 anything else.")
        {
            pid, all, timeout, json,
        };
        command.SetAction((parsed, cancellation) => TargetCommand.RunAsync(parsed.GetValue(pid), async target =>
        {
            double seconds = parsed.GetValue(timeout);
            if (seconds is not (> 0 and < 86_400))
            {
                throw new ArgumentException("--timeout must be more than zero, in seconds.");
            }

            var threads = await StackSampler.TakeAsync(target, TimeSpan.FromSeconds(seconds), TimeProvider.System).ConfigureAwait(false);

            // After the stacks: a process that is asked for its objects runs code to tell them.
            var objects = await SharedObjects.OfProcessAsync(target.Pid).ConfigureAwait(false);
            Console.Write(
                parsed.GetValue(json) ? StackReport.Json(target, threads, objects) : StackReport.Text(target, threads, objects, parsed.GetValue(all)));
        }));
        return command;
    }
}
