using Multiproc.Cluster.Tests.Nodes;

namespace Multiproc.Cluster.Tests.Commands;

/// <summary>The commands <c>multiproc-host node</c> and <c>multiproc-host cluster</c>.</summary>
[Collection(WaitingNodeTests.Name)]
public sealed class NodeCommandTests : IDisposable
{
    private readonly ClusterFolder _folder = new();
    private readonly string _key;

    public NodeCommandTests()
    {
        _key = _folder.Journal + ".key";
        File.WriteAllBytes(_key, [.. ClusterFolder.Key, (byte)'\n']);
        File.SetUnixFileMode(_key, UnixFileMode.UserRead);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void BareNode_OfAProgramsCluster_IsLookedAtAndLeavesGracefully()
    {
        using var bare = new HostRun("node", "--authkey-file", _key, "--storage", $"sqlite:{_folder.Journal}", "--role", "bare");
        string address = bare.WordAfter("Node ");
        using var here = Mp.Cluster(_folder.Options(address));
        here.Members.Single(each => each.Address == address).Roles.ShouldBe(["bare"]);
        string name = NameOwnedBy(here, address);
        here.Queue<int>(name).PutMany([1, 2, 3]);
        here.Lock("gate").Acquire();

        using var members = Ask(address, "members");
        using var objects = Ask(address, "objects");
        using var wrong = Ask(address, "down", here.Address);
        members.ExitCode.ShouldBe(0, members.Errors);
        members.Output.ShouldContain($"{address}: Up, roles bare (asked)");
        members.Output.ShouldContain($"{here.Address}: Up");
        objects.ExitCode.ShouldBe(0, objects.Errors);
        objects.Output.ShouldContain($"held by {here.Address}, process {Environment.ProcessId}, thread {Environment.CurrentManagedThreadId}");
        objects.Output.ShouldContain($"queue '{name}' at {address}");
        wrong.ExitCode.ShouldBe(1);
        wrong.Errors.ShouldContain("have it leave");

        bare.Signal("TERM");
        bare.ExitCode.ShouldBe(0, bare.Errors);
        bare.Output.ShouldContain("Left.");
        here.Queue<int>(name).GetMany(3).ShouldBe([1, 2, 3]);
        TestKit.Await.Until("the node is removed", () => here.Members.Count == 1);
        here.Lock("gate").Abandoned.ShouldBeFalse();

        // The program's node is a member like any other.
        using var leave = Ask(here.Address, "leave");
        leave.ExitCode.ShouldBe(0, leave.Errors);
        Should.Throw<ConnectionLostException>(() =>
        {
            while (true)
            {
                here.Queue<int>(name).Put(4);
            }
        }).Message.ShouldContain("no longer in the cluster");
    }

    [Fact]
    public void Arguments_ThatMakeNoSense_AreExplained()
    {
        string open = _folder.Journal + ".open";
        File.WriteAllText(open, "the key of the tests, 32 bytes..");
        File.SetUnixFileMode(open, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        using var othersKey = new HostRun("node", "--authkey-file", open, "--storage", $"sqlite:{_folder.Journal}");
        using var nowhere = new HostRun("cluster", "members", "--node", "127.0.0.1:1", "--authkey-file", _key);
        using var help = new HostRun("node", "--help");
        othersKey.ExitCode.ShouldBe(1);
        othersKey.Errors.ShouldContain("chmod 600");
        nowhere.ExitCode.ShouldBe(1);
        nowhere.Errors.ShouldContain("is a node running there");
        help.ExitCode.ShouldBe(0);
        help.Output.ShouldContain("--seed");
    }

    private static string NameOwnedBy(ClusterContext cluster, string address)
    {
        string[] names = [.. Enumerable.Range(0, 200).Select(static i => $"object {i}")];
        return names.First(name =>
        {
            cluster.Queue<int>(name);
            return cluster.Node.Gateway.OwnerOf(name) == address;
        });
    }

    private HostRun Ask(string node, params string[] question) => new(["cluster", .. question, "--node", node, "--authkey-file", _key]);
}
