namespace Multiproc.Tests.Pool;

/// <summary>Workers that never become ready. The host's settings are broken in a child process, so that other tests have theirs.</summary>
public sealed class StartFailureTests
{
    [Fact]
    public void WorkersThatDieAtStart_BreakThePoolAfterBoundedAttempts()
    {
        // PL-33, PL-34, better than Python
        using var said = Mp.Queue<string>();
        using var child = Mp.Process(UseABrokenHost, said);
        child.Start();
        string first = said.Get(Bounded.Time);
        first.ShouldStartWith("Map: ProcessStartException: 2 workers in a row ended before they were ready. The last: PoolWorker-2 ");
        first.ShouldContain("99.0.0");
        said.Get(Bounded.Time).ShouldStartWith("Imap: ProcessStartException: ");
        said.Get(Bounded.Time).ShouldBe("ProcessPool(1 workers, broken)");
        child.Join(Bounded.Time).ShouldBeTrue();
        child.ExitCode.ShouldBe(0);
    }

    private static void UseABrokenHost(SharedQueue<string> said)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "broken.deps.json"), "{}");
            File.WriteAllText(
                Path.Combine(folder, "broken.runtimeconfig.json"),
                """{ "runtimeOptions": { "framework": { "name": "Microsoft.NETCore.App", "version": "99.0.0" } } }""");
            AppContext.SetData("APP_CONTEXT_DEPS_FILES", Path.Combine(folder, "broken.deps.json"));
            using var pool = Mp.Pool(1, new PoolOptions { StartAttempts = 2 });
            said.Put("Map: " + FailureOf(() => pool.Map(static x => x, [1])));
            said.Put("Imap: " + FailureOf(() => pool.ImapUnordered(static x => x, [1]).Next()));
            said.Put(pool.ToString());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string FailureOf(Action call)
    {
        try
        {
            call();
            return "none";
        }
        catch (MultiprocException failure)
        {
            return $"{failure.GetType().Name}: {failure.Message}";
        }
    }
}
