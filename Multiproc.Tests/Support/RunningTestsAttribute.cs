using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit.v3;

[assembly: Multiproc.Tests.Support.RunningTests]

namespace Multiproc.Tests.Support;

/// <summary>
/// Knows which tests run, so that what is left behind can be traced to them. Also writes down which test begins and which ends, when the environment says
/// where: a run that is cut can name those that were running. Each line is written at once, and survives the end of the test host.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class RunningTestsAttribute : BeforeAfterTestAttribute
{
    public const string Variable = "MULTIPROC_RUNNING_TESTS";

    private static readonly Lock s_gate = new();
    private static readonly string? s_file = Environment.GetEnvironmentVariable(Variable);
    private static readonly ConcurrentDictionary<string, bool> s_running = new();
    private static readonly ConditionalWeakTable<ChildProcess, string> s_origins = [];

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        s_running.TryAdd(test.TestDisplayName, true);
        Write('+', test);
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        foreach (var child in Mp.ActiveChildren())
        {
            s_origins.GetValue(child, _ => $"first seen at the end of {test.TestDisplayName}; running then: {string.Join(", ", s_running.Keys)}");
        }

        s_running.TryRemove(test.TestDisplayName, out _);
        Write('-', test);
    }

    /// <summary>Says which tests ran when a child of the test host was first seen.</summary>
    public static string OriginOf(ChildProcess child) => s_origins.TryGetValue(child, out string? origin) ? origin : "not seen at the end of any test";

    private static void Write(char what, IXunitTest test)
    {
        if (s_file is not null)
        {
            lock (s_gate)
            {
                File.AppendAllText(s_file, $"{what} {test.TestDisplayName.ReplaceLineEndings(" ")}\n");
            }
        }
    }
}
