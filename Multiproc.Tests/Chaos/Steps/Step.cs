using System.Globalization;
using System.Text.RegularExpressions;
using Multiproc.TestKit;
using Multiproc.Tests.Support;
using Multiproc.Transport;

namespace Multiproc.Tests.Chaos.Steps;

/// <summary>One step at which a process is killed, and what the others find then.</summary>
/// <param name="Operation">What the process was doing.</param>
/// <param name="Name">The step: the process dies there.</param>
/// <param name="Outcome">What the others find, in the words of the table.</param>
/// <param name="Try">Has a process die there, and compares.</param>
internal sealed record Step(string Operation, string Name, string Outcome, Action<string> Try)
{
    /// <summary>Has a process run the body, and die at the step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="body">What it does.</param>
    /// <param name="meanwhile">What this process does before it waits for the death.</param>
    public static void Dies(string step, Action body, Action? meanwhile = null)
    {
        using var alive = Mp.RLock();
        using var process = Mp.Process(
            static (gate, work) =>
            {
                gate.Acquire();
                work();
            },
            alive,
            body,
            options: new ProcessOptions { Environment = new Dictionary<string, string?> { [FaultPoint.Variable] = step } });
        process.Start();
        meanwhile?.Invoke();
        process.Join(InChild.Bound).ShouldBeTrue($"the process dies at '{step}'");
        process.ExitCode.ShouldBe(-Signals.Kill, $"it dies at '{step}', and not by itself");

        // The death is told after everything that the process had sent.
        alive.Acquire(InChild.Bound).ShouldBeTrue("the death was noticed");
    }

    /// <summary>Waits until somebody waits for an object of this process.</summary>
    public static void AwaitWaiter(SharedObject shared)
    {
        var match = Regex.Match(shared.ToString()!, "object (?<id>[0-9]+)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        long id = long.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture);
        Await.Until($"somebody waits for {shared}", () => Mp.Inspect().Any(report => report.Id == id && report.Waiters.Count > 0));
    }
}
