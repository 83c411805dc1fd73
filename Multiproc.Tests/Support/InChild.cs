namespace Multiproc.Tests.Support;

/// <summary>Runs a part of a test in a child process, and brings its failure back here.</summary>
internal static class InChild
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>Runs the body in a child and waits for its end.</summary>
    public static void Run(Action body)
    {
        using var failures = Mp.Queue<string>();
        using var process = Mp.Process(RunAndTell, body, failures);
        process.Start();
        process.Join(Bound).ShouldBeTrue("the child that runs a part of the test ends");
        if (failures.TryGet(out string? failure))
        {
            throw new InvalidOperationException($"In the child: {failure}");
        }

        process.ExitCode.ShouldBe(0);
    }

    /// <summary>Starts a child that runs the body; the caller kills or joins it.</summary>
    public static ChildProcess Start(Action body)
    {
        var process = Mp.Process(body);
        process.Start();
        return process;
    }

    /// <summary>Ends a child as the out-of-memory killer would, and waits until it is gone.</summary>
    public static void KillAndJoin(this ChildProcess process)
    {
        process.Kill();
        process.Join(Bound).ShouldBeTrue("a killed child is gone");
    }

    private static void RunAndTell(Action body, SharedQueue<string> failures)
    {
        try
        {
            body();
        }
        catch (Exception failure)
        {
            failures.Put(failure.ToString());
        }
    }
}
