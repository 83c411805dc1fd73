using System.Runtime.Versioning;
using System.Text.Json;
using Multiproc.Diagnostics.Dumps;
using Multiproc.Diagnostics.Targets;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Host;

/// <summary><c>multiproc-host dump</c>, and the dumps that the runtime writes of children that crash.</summary>
[SupportedOSPlatform("linux")]
public sealed class DumpTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dumps-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void FileName_HasTheNameOfTheChild_ItsNumberAndTheTime() =>
        DumpWriter.FileName(new TargetProcess(4711, "Pool/Worker 3", null), new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero))
            .ShouldBe("Pool_Worker_3-4711-20260102-030405.dmp");

    [Fact]
    public void Command_WritesADumpForItsOwnerAlone_AndNeverInPlaceOfAFile()
    {
        using var begun = Mp.Event();
        using var end = Mp.Event();
        using var child = Mp.Process(Wait, begun, end, name: "Dumped");
        child.Start();
        begun.Wait(InChild.Bound).ShouldBeTrue("the child runs");
        using var json = JsonDocument.Parse(ToolRun.OutputOf("dump", $"{child.Pid}", "--type", "mini", "--output", _folder.FullName, "--json"));
        string path = json.RootElement.GetProperty("path").GetString()!;
        Path.GetFileName(path).ShouldStartWith($"Dumped-{child.Pid}-");
        File.GetUnixFileMode(path).ShouldBe(Owner);
        IsDump(path).ShouldBeTrue();
        long bytes = new FileInfo(path).Length;
        json.RootElement.GetProperty("bytes").GetInt64().ShouldBe(bytes);
        var again = ToolRun.Of("dump", $"{child.Pid}", "--type", "mini", "--output", path);
        again.ExitCode.ShouldBe(1);
        again.Errors.ShouldContain("already exists");
        new FileInfo(path).Length.ShouldBe(bytes);
        end.Set();
        child.Join(InChild.Bound).ShouldBeTrue("the process goes on after it was dumped");
        child.ExitCode.ShouldBe(0);
    }

    [Theory]
    [InlineData(StartMethod.Spawn)]
    [InlineData(StartMethod.ForkServer)]
    public void ChildThatCrashes_WhereDumpsAreOn_LeavesOneWithItsName(StartMethod method)
    {
        // In a program of its own, since the runtime reads these variables when a process begins.
        InChildWith(
            new Dictionary<string, string?>
            {
                ["DOTNET_DbgEnableMiniDump"] = "1", ["DOTNET_DbgMiniDumpType"] = "1", ["TMPDIR"] = _folder.FullName,
            },
            () => CrashAChild(method));
        string dump = _folder.GetFiles("coredump.*").ShouldHaveSingleItem().FullName;
        Path.GetFileName(dump).ShouldStartWith("coredump.Crashing-1.");
        IsDump(dump).ShouldBeTrue();
    }

    [Fact]
    public void NameOfADumpThatTheProgramChose_IsKept()
    {
        InChildWith(
            new Dictionary<string, string?>
            {
                ["DOTNET_DbgEnableMiniDump"] = "1", ["DOTNET_DbgMiniDumpType"] = "1", ["DOTNET_DbgMiniDumpName"] = Path.Combine(_folder.FullName, "mine.%p"),
            },
            static () => CrashAChild(StartMethod.Spawn));
        _folder.GetFiles("mine.*").ShouldHaveSingleItem();
    }

    private static void InChildWith(IReadOnlyDictionary<string, string?> environment, Action body)
    {
        using var process = Mp.Process(body, options: new ProcessOptions { Environment = environment });
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue("the child that makes another one crash ends");
        process.ExitCode.ShouldBe(0);
    }

    private static void CrashAChild(StartMethod method)
    {
        using var child = Mp.GetContext(method).Process(static () => Environment.FailFast("a crash on purpose"), name: "Crashing-1");
        child.Start();
        child.Join(InChild.Bound);
        if (child.ExitCode == 0)
        {
            throw new InvalidOperationException("It did not crash.");
        }
    }

    private static bool IsDump(string path)
    {
        using var file = File.OpenRead(path);
        byte[] begin = new byte[4];
        file.ReadExactly(begin);
        return begin is [0x7F, (byte)'E', (byte)'L', (byte)'F'];
    }

    private static void Wait(SharedEvent begun, SharedEvent end)
    {
        begun.Set();
        end.Wait();
    }
}
