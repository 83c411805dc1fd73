using Multiproc.Cluster.Pools;
using Multiproc.Cluster.Tests.Commands;
using Multiproc.Cluster.Tests.Nodes;

namespace Multiproc.Cluster.Tests.Pools;

/// <summary>A bare node that takes the code of the pools that use it.</summary>
[Collection(MoreNodeTests.Name)]
public sealed class AcceptedCodeTests : IDisposable
{
    private readonly ClusterFolder _folder = new();
    private readonly string _code;
    private readonly string _key;

    public AcceptedCodeTests()
    {
        _code = _folder.Journal + ".code";
        _key = _folder.Journal + ".key";
        File.WriteAllBytes(_key, ClusterFolder.Key);
        File.SetUnixFileMode(_key, UnixFileMode.UserRead);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void BareNode_ThatAcceptsCode_RunsThisProgramFromAPrivateFolder()
    {
        using var here = Mp.Cluster(_folder.Options());
        using var bare = Node(here, "taking", "--accept-code", _code);
        _ = bare.WordAfter("Node ");
        int start = 20;
        using (var pool = here.Pool(workersPerNode: 1, role: "taking"))
        {
            Where(pool, start).ShouldStartWith($"42 {_code}/programs/");
        }

        string[] files = Directory.GetFiles(Path.Combine(_code, "files"));
        files.Length.ShouldBeGreaterThan(10);
        File.GetUnixFileMode(_code).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var times = files.ToDictionary(static each => each, File.GetLastWriteTimeUtc);
        using (var again = here.Pool(workersPerNode: 1, role: "taking"))
        {
            Where(again, start).ShouldStartWith("42");
            times.ShouldAllBe(each => File.GetLastWriteTimeUtc(each.Key) == each.Value, "nothing is sent twice");
            Directory.GetDirectories(Path.Combine(_code, "programs")).Length.ShouldBe(1);
        }

        TestKit.Await.Until("the node has logged it", () => bare.Errors.Contains("accepted code from", StringComparison.Ordinal));
        bare.Errors.ShouldContain("program Multiproc.Cluster.Tests");
    }

    [Theory]
    [InlineData("../outside.dll")]
    [InlineData("/etc/evil.dll")]
    [InlineData("a/./b.dll")]
    [InlineData("a\\b.dll")]
    [InlineData("appsettings.json")]
    public void Begin_PathOutsideOfTheFolder_IsRefused(string path)
    {
        var own = OwnProgram.WithFiles;
        var evil = own with { Files = [.. own.Files, new ProgramFile(path, 1, new string('0', 64))] };
        Should.Throw<MultiprocException>(() => new AcceptedPrograms(_code).Begin(evil, "h:1")).Message.ShouldContain(path);
        Directory.Exists(_code).ShouldBeFalse();
    }

    [Fact]
    public void Take_FileThatIsNotWhatItsHashSays_IsRefusedAndRemoved()
    {
        var own = OwnProgram.WithFiles;
        using var arrival = new AcceptedPrograms(_code).Begin(own, "h:1");
        int place = arrival.Missing[0];
        var writer = new Serialization.WireWriter();
        writer.VarUInt((uint)place);
        writer.Bytes(new byte[own.Files[place].Size]);
        Should.Throw<SerializationException>(() =>
        {
            var reader = new Serialization.WireReader(writer.Written);
            arrival.Take(ref reader);
        }).Message.ShouldContain("hash");
        Directory.GetFiles(Path.Combine(_code, "files")).ShouldBeEmpty();
        File.SetUnixFileMode(_code, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead);
        Should.Throw<MultiprocException>(() => new AcceptedPrograms(_code).Begin(own, "h:1")).Message.ShouldContain("chmod 700");
    }

    private static string Where(ProcessPool pool, int start) =>
        pool.Apply(static x => $"{(2 * x) + 2} {typeof(AcceptedCodeTests).Assembly.Location}", start);

    private HostRun Node(ClusterContext here, string role, params string[] more) =>
        new(["node", "--authkey-file", _key, "--storage", $"sqlite:{_folder.Journal}", "--seed", here.Address, "--role", role, .. more]);
}
