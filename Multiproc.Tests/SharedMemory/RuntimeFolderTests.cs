using System.Diagnostics;
using System.Runtime.Versioning;
using Multiproc.SharedMemory;

namespace Multiproc.Tests.SharedMemory;

[UnsupportedOSPlatform("windows")]
public sealed class RuntimeFolderTests : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _root = Path.Combine(Directory.CreateTempSubdirectory("multiproc-test-").FullName, "folder");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_root)!, recursive: true);

    [Fact]
    public void Path_OfThisUser_IsPrivate() => File.GetUnixFileMode(RuntimeFolder.Path).ShouldBe(Private);

    [Fact]
    public void Open_NewFolder_IsPrivate()
    {
        RuntimeFolder.Open(_root).ShouldBe(_root);
        File.GetUnixFileMode(_root).ShouldBe(Private);
    }

    [Theory]
    [InlineData(UnixFileMode.OtherExecute)]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Open_FolderThatOthersMayEnter_IsRefused(UnixFileMode others)
    {
        Directory.CreateDirectory(_root);
        File.SetUnixFileMode(_root, Private | others);
        Should.Throw<MultiprocException>(() => RuntimeFolder.Open(_root)).Message.ShouldContain("may be entered by others");
    }

    [Fact]
    public void Open_LinkToAFolderOfOurs_IsRefused()
    {
        string trap = Directory.CreateDirectory($"{_root}-trap", Private).FullName;
        File.CreateSymbolicLink(_root, trap);
        Should.Throw<MultiprocException>(() => RuntimeFolder.Open(_root)).Message.ShouldContain($"is a link to {trap}");
    }

    [Fact]
    public void Open_FolderOfSomebodyElse_IsRefused()
    {
        // Root may give a folder away; to others the folder of root is one that is not theirs.
        Directory.CreateDirectory(_root, Private);
        using var chown = Process.Start(new ProcessStartInfo("chown", ["4343", _root]) { RedirectStandardError = true, UseShellExecute = false })!;
        chown.WaitForExit();
        string theirs = chown.ExitCode == 0 ? _root : "/lost+found";
        Should.Throw<MultiprocException>(() => RuntimeFolder.Open(theirs)).Message.ShouldStartWith(theirs);
    }

    [Fact]
    public void Open_FolderAroundItMissing_IsRefused() =>
        Should.Throw<MultiprocException>(() => RuntimeFolder.Open(Path.Combine(_root, "below"))).Message.ShouldContain($"there is no folder {_root}");

    [Fact]
    public void Choose_SomePlacesUnusable_TakesTheFirstThatIsNot()
    {
        File.WriteAllText($"{_root}-file", "");
        RuntimeFolder.Choose([$"{_root}-file", $"{_root}-file/below", $"{_root}{new string('x', 100)}", "/proc/multiproc", _root]).ShouldBe(_root);
        File.GetUnixFileMode(_root).ShouldBe(Private);
    }

    [Fact]
    public void Choose_NoPlaceUsable_SaysWhatIsWrongWithEach()
    {
        File.WriteAllText($"{_root}-file", "");
        string text = Should.Throw<MultiprocException>(() =>
            RuntimeFolder.Choose([$"{_root}-file", $"{_root}{new string('x', 100)}", "/proc/multiproc"])).Message;
        text.ShouldStartWith("There is no folder for the sockets of this process: ");
        text.ShouldContain($"{_root}-file");
        text.ShouldContain("is too long for the address of a socket");
        text.ShouldContain("/proc/multiproc");
        text.ShouldContain("Set XDG_RUNTIME_DIR or TMPDIR");
    }

    [Fact]
    public void Open_FilesOfTheDead_AreSweptAndOthersKept()
    {
        RuntimeFolder.Open(_root);
        string ofDead = Leave($"{DeadProcess()}-a-1.sock");
        string ofLiving = Leave($"{Environment.ProcessId}-a-1.sock");
        string foreign = Leave("notes.txt");
        string odd = Leave("-1-x.sock");
        RuntimeFolder.Open(_root);
        File.Exists(ofDead).ShouldBeFalse();
        File.Exists(ofLiving).ShouldBeTrue();
        File.Exists(foreign).ShouldBeTrue();
        File.Exists(odd).ShouldBeTrue();
    }

    [Fact]
    public void NewFile_AskedTwice_IsNeverTheSameAndNamesItsOwner()
    {
        string[] names = [.. Enumerable.Range(0, 100).Select(static _ => Path.GetFileName(RuntimeFolder.NewFile(".sock")))];
        names.Distinct().Count().ShouldBe(100);
        names.ShouldAllBe(static name => name.StartsWith($"{Environment.ProcessId}-") && name.EndsWith(".sock"));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("../elsewhere")]
    [InlineData("below/it")]
    public void RequireInside_PathElsewhere_IsRefused(string path) =>
        Should.Throw<MultiprocException>(() => RuntimeFolder.RequireInside(Path.Combine(RuntimeFolder.Path, path)));

    private static int DeadProcess()
    {
        using var process = Process.Start("true");
        process.WaitForExit();
        return process.Id;
    }

    private string Leave(string name)
    {
        string path = Path.Combine(_root, name);
        File.WriteAllText(path, "");
        return path;
    }
}
