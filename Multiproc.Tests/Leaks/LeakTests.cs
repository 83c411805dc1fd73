using Multiproc.TestKit;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Leaks;

/// <summary>After all other tests, and by itself: what counts descriptors and processes must be alone.</summary>
[CollectionDefinition(nameof(LeakTests), DisableParallelization = true)]
public sealed class LeakCollection;

/// <summary>No descriptor and no child of the test host stays behind.</summary>
[Collection(nameof(LeakTests))]
public sealed class LeakTests
{
    [Fact]
    public void Descriptors_AfterManyProcessesPoolsAndManagers_AreAsManyAsBefore()
    {
        UseEverything(); // What is opened once per program is open from here on.
        int before = Descriptors();
        for (int i = 0; i < 10; i++)
        {
            UseEverything();
        }

        Await.Until($"as many descriptors are open as before ({before})", () => Descriptors() <= before);
    }

    [Fact]
    public void ThisTestHost_HasNoChildLeft()
    {
        // Warm process hosts are the only children that live as long as the program.
        Mp.Configure(Mp.Options with { WarmHosts = new WarmHostOptions { Count = 0 } });
        try
        {
            Await.Until(
                "no child of the test host runs",
                static () => Mp.ActiveChildren().Count == 0 && !ChildrenOf(Environment.ProcessId).Any(),
                Promptly.Within(5));
        }
        catch (TimeoutException) when (Mp.ActiveChildren() is { Count: > 0 } forgotten)
        {
            Assert.Fail(string.Join('\n', forgotten.Select(static child => $"{child} was left, {RunningTestsAttribute.OriginOf(child)}")));
        }
    }

    private static void UseEverything()
    {
        using var manager = Mp.Manager();
        using var pool = Mp.Pool(2);
        var dictionary = manager.Dictionary<int, int>();
        using var queue = Mp.Queue<int>();
        using var gate = Mp.Lock();
        pool.Map(
            n =>
            {
                using var _ = gate.Hold();
                dictionary[n] = n;
                queue.Put(n);
                return n;
            },
            Enumerable.Range(0, 8)).Sum().ShouldBe(28);
        queue.QSize().ShouldBe(8);
        dictionary.Count.ShouldBe(8);
        using var doomed = InChild.Start(static () => Thread.CurrentThread.Join());
        doomed.KillAndJoin();
    }

    /// <summary>Without those of assemblies: the runtime opens one whenever a method first needs it.</summary>
    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Count(static each => !IsAssembly(each));

    private static bool IsAssembly(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.Name.EndsWith(".dll", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false; // Closed since the list was made.
        }
    }

    private static IEnumerable<int> ChildrenOf(int pid) => Directory.GetDirectories($"/proc/{pid}/task")
        .SelectMany(task => File.ReadAllText($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(child => int.Parse(child, System.Globalization.CultureInfo.InvariantCulture));
}
