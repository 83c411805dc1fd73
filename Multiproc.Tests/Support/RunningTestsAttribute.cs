using System.Reflection;
using Xunit.v3;

[assembly: Multiproc.Tests.Support.RunningTests]

namespace Multiproc.Tests.Support;

/// <summary>
/// Writes down which test begins and which ends, when the environment says where: a run that is cut can name those that were running. Each line is
/// written at once, and survives the end of the test host.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class RunningTestsAttribute : BeforeAfterTestAttribute
{
    public const string Variable = "MULTIPROC_RUNNING_TESTS";

    private static readonly Lock s_gate = new();
    private static readonly string? s_file = Environment.GetEnvironmentVariable(Variable);

    public override void Before(MethodInfo methodUnderTest, IXunitTest test) => Write('+', test);

    public override void After(MethodInfo methodUnderTest, IXunitTest test) => Write('-', test);

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
