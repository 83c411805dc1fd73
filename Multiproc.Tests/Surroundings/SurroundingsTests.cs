using System.Runtime.Versioning;
using System.Text.RegularExpressions;

namespace Multiproc.Tests.Surroundings;

/// <summary>
/// Where a program is started, and what of the library works there: each surrounding with each part. What does not work says so at the call, by an error of
/// this library that names the folder and the reason.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class SurroundingsTests
{
    private const string LongName = "0123456789012345678901234567890123456789";
    private const string LongFolder = $"mkdir -p {LongName}/{LongName}/{LongName}; chmod 700 {LongName}/{LongName}/{LongName}; ";
    private const string NoMoreDescriptors = "(MultiprocException|ProcessStartException|IOException): .*Too many open files, error 24: .*ulimit -n";

    private const string TooFew = "(MultiprocException|ProcessStartException|IOException): .*ulimit -v";

    private static readonly Surrounding[] s_table =
    [
        new("nothing special"),

        // The working folder.
        new("a working folder that is deleted", "mkdir gone; cd gone; rmdir ../gone"),
        new("a working folder that may not be entered", "mkdir -m 711 closed; cd closed; chmod 000 .") { IsNameless = true },
        new("a working folder that may not be read", "mkdir -m 711 closed; cd closed") { IsNameless = true },
        new("a working folder with spaces and letters of others", "mkdir 'wörk ing 目录'; cd 'wörk ing 目录'"),

        // The folder for temporary files.
        new("TMPDIR is missing", "export TMPDIR=$HERE/nowhere"),
        new("TMPDIR is a file", "touch file; export TMPDIR=$HERE/file"),
        new("TMPDIR is empty text", "export TMPDIR="),
        new("TMPDIR is too long for a socket", LongFolder + $"export TMPDIR=$HERE/{LongName}/{LongName}/{LongName}"),
        new("TMPDIR is relative", "mkdir t; export TMPDIR=t"),
        new("TMPDIR is relative and the working folder deleted", "mkdir -p gone/t; cd gone; export TMPDIR=t; rm -r ../gone"),
        new("TMPDIR has spaces and letters of others", "mkdir 'tmp dür 目'; export TMPDIR=\"$HERE/tmp dür 目\""),
        new("TMPDIR is a link to a folder", "mkdir t; ln -s t link; export TMPDIR=$HERE/link"),
        new("TMPDIR is where nothing can be made", "export TMPDIR=/proc"),
        new("TMPDIR is read-only", "mkdir t; mount -t tmpfs -o ro none t; export TMPDIR=$HERE/t") { Mounts = true, OtherwiseMake = "export TMPDIR=/sys" },
        new(
            "TMPDIR is full", "mkdir t; mount -t tmpfs -o size=4k,nr_inodes=2 none t; touch t/a; export TMPDIR=$HERE/t") { Mounts = true,
            OtherwiseMake = "export TMPDIR=/proc/self" },

        // The runtime folder.
        new("XDG_RUNTIME_DIR is missing", "export XDG_RUNTIME_DIR=$HERE/nowhere"),
        new("XDG_RUNTIME_DIR is a file", "touch file; export XDG_RUNTIME_DIR=$HERE/file"),
        new("XDG_RUNTIME_DIR is relative", "mkdir run; export XDG_RUNTIME_DIR=run"),
        new("XDG_RUNTIME_DIR is too long for a socket", LongFolder + $"export XDG_RUNTIME_DIR=$HERE/{LongName}/{LongName}/{LongName}"),
        new("XDG_RUNTIME_DIR is that of another user", "mkdir run; chown 4343 run; export XDG_RUNTIME_DIR=$HERE/run"),
        new("the runtime folder may be entered by others", "mkdir -p run/multiproc; chmod 755 run/multiproc; export XDG_RUNTIME_DIR=$HERE/run"),
        new("the runtime folder was made by somebody else", "mkdir -p -m 700 run/multiproc; chown 4343 run/multiproc; export XDG_RUNTIME_DIR=$HERE/run"),
        new("the runtime folder is a link", "mkdir -m 700 trap run; ln -s ../trap run/multiproc; export XDG_RUNTIME_DIR=$HERE/run"),
        new("the runtime folder is a file", "mkdir -m 700 run; touch run/multiproc; export XDG_RUNTIME_DIR=$HERE/run"),

        // Shared memory.
        new(
            "no /dev/shm",
            "mount -t tmpfs none /dev; mknod -m 666 /dev/null c 1 3; mknod -m 666 /dev/zero c 1 5; mknod -m 666 /dev/urandom c 1 9; mknod -m 666 "
                + "/dev/random c 1 8") { Mounts = true },
        new("/dev/shm is read-only", "mount -t tmpfs -o ro none /dev/shm") { Mounts = true },
        new("/dev/shm is full", "mount -t tmpfs -o size=8k none /dev/shm")
        {
            Mounts = true,
            Failing = new Dictionary<string, string> { ["memory"] = "IOException: Block 'psm_.*' could not be given 65536 bytes in /dev/shm/multiproc-.*No "
                + "space left" },
        },
        new(
            "/dev/shm has a folder of ours by somebody else",
            "mount -t tmpfs none /dev/shm; mkdir -m 700 /dev/shm/multiproc-$(id -u); chown 4343 /dev/shm/multiproc-$(id -u)") { Mounts = true },
        new(
            "/dev/shm has a link in the place of ours",
            "mount -t tmpfs none /dev/shm; mkdir -m 700 trap; ln -s $HERE/trap /dev/shm/multiproc-$(id -u)") { Mounts = true },

        // The user and the environment.
        new("a user without a name") { IsNameless = true },
        new("an empty environment") { Before = "env -i" },
        new("no HOME, no USER, LANG=C", "unset HOME USER LOGNAME; export LANG=C LC_ALL=C"),
        new("no PATH, no DOTNET_ROOT", "unset DOTNET_ROOT; PATH=/nowhere"),

        // Limits: enough for the runtime, little for more.
        new("a hundred processes and threads") { IsNameless = true, Before = Surrounding.MayChangeUser ? "prlimit --nproc=100" : "" },
        new("little address space")
        {
            Before = "prlimit --as=4500000000",
            Failing = Surrounding.Parts.ToDictionary(static part => part, static _ => $"(works|{TooFew})"),
        },

        // The standard streams.
        new("stdin is closed", "exec 0<&-"),
        new("stdin and stderr are closed", "exec 0<&- 2>&-"),
    ];

    public static TheoryData<Surrounding> Table => [.. s_table];

    [Theory]
    [MemberData(nameof(Table), DisableDiscoveryEnumeration = true)]
    public void Parts_InASurrounding_WorkOrSayWhyNot(Surrounding surrounding)
    {
        string said = surrounding.Run(Surrounding.Parts);
        foreach (string part in Surrounding.Parts)
        {
            string expected = surrounding.Failing.GetValueOrDefault(part, "works");
            Regex.IsMatch(said, $"^{part}: {expected}", RegexOptions.Multiline, TimeSpan.FromSeconds(5)).ShouldBeTrue(
                $"in '{surrounding}', {part} should be '{expected}'. The program printed:\n{said}");
        }
    }

    [Fact]
    public void Parts_StdoutClosed_Work()
    {
        var run = new Surrounding("stdout is closed", "exec 1>&-").RunToTheEnd(Surrounding.Parts);
        run.Errors.ShouldBe("");
        run.ExitCode.ShouldBe(0, "all parts work");
    }

    /// <summary>At the first use the runtime itself needs descriptors; what is tried here has been used before.</summary>
    [Theory]
    [InlineData("--two-descriptors")]
    public void Parts_NoDescriptorFree_SaySoAndWorkLater(string trouble)
    {
        foreach (string part in Surrounding.Parts)
        {
            string said = new Surrounding(trouble).Run(part, trouble, part, "--descriptors-again", part);
            string[] lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            lines.Length.ShouldBe(3, said);
            lines[0].ShouldBe($"{part}: works");
            lines[1].ShouldMatch($"^{part}: {NoMoreDescriptors}");
            lines[2].ShouldBe($"{part}: works");
        }
    }

    [Theory]
    [InlineData("kill-workers")]
    [InlineData("end-workers")]
    public void Pool_WorkersDieWhileFewDescriptorsAreFree_LivesOn(string death)
    {
        // With fewer than five, .NET's own thread pool may be without the descriptors that a new thread takes, and ends the program.
        foreach (string trouble in (string[])["--five-descriptors", "--nine-descriptors"])
        {
            new Surrounding(trouble).Run("open-pool", trouble, death, "hear-shortage", "--descriptors-again", "use-pool").ShouldEndWith("use-pool: works\n");
        }
    }

    [Fact]
    public void Parts_MemoryFilesRefused_Work()
    {
        string said = new Surrounding("memory files are refused").Run(["--no-memory-files", .. Surrounding.Parts]);
        said.ShouldBe(string.Concat(Surrounding.Parts.Select(static part => $"{part}: works\n")));
    }

    [Fact]
    public void Parts_TemporaryFolderRemovedWhileRunning_WorkOn()
    {
        string said = new Surrounding(
            "the temporary folder is removed", "mkdir t; export TMPDIR=$HERE/t").Run(["listener", "manager", "--no-temporary", .. Surrounding.Parts]);
        said.ShouldBe("listener: works\nmanager: works\n" + string.Concat(Surrounding.Parts.Select(static part => $"{part}: works\n")));
    }

    [Fact]
    public void Pool_WorkingFolderRemovedWhileRunning_ReplacesItsWorkers()
    {
        string said = new Surrounding("the working folder is removed").Run(["open-pool", "--no-folder", "kill-workers", "use-pool", .. Surrounding.Parts]);
        said.ShouldBe("open-pool: works\nkill-workers: works\nuse-pool: works\n" + string.Concat(Surrounding.Parts.Select(static part => $"{part}: works\n")));
    }
}
