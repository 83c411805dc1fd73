using Multiproc.Cluster.Host.Commands;

namespace Multiproc.Cluster.Tests.Commands;

/// <summary>The arguments of <c>multiproc-host node</c> as options.</summary>
public sealed class NodeArgumentsTests
{
    [Theory]
    [InlineData("storage", "storage")]
    [InlineData("dns:jobs.internal:4053", "dns:jobs.internal:4053")]
    [InlineData("env", "env:MULTIPROC_CLUSTER_SEEDS")]
    [InlineData("env:NODES", "env:NODES")]
    [InlineData("akka:config:jobs", "akka:config:jobs")]
    [InlineData("akka:kubernetes-api:jobs:4053", "akka:kubernetes-api:jobs")]
    public void Discovery_IsRead(string text, string expected) => NodeArguments.ParseDiscovery(text).ToString().ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData("dns:jobs.internal")]
    [InlineData("dns:jobs.internal:0")]
    [InlineData("dns:jobs.internal:x")]
    [InlineData("akka:config")]
    [InlineData("magic")]
    public void Discovery_ThatIsNone_IsExplained(string text) =>
        Should.Throw<ArgumentException>(() => NodeArguments.ParseDiscovery(text)).Message.ShouldContain("write");

    [Theory]
    [InlineData("file.db")]
    [InlineData("sqlite:")]
    [InlineData("postgresql:")]
    public void Storage_ThatIsNone_IsExplained(string text) =>
        Should.Throw<ArgumentException>(() => NodeArguments.ParseStorage(text)).Message.ShouldContain("sqlite:PATH");

    [Fact]
    public void Storage_OfPostgreSql_IsReadFromAFileThatOthersCannotRead()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "Host=db;Password=secret\n");
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            NodeArguments.ParseStorage($"postgresql:{file}").Connection.ShouldBe("Host=db;Password=secret");
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
            Should.Throw<IOException>(() => NodeArguments.ParseStorage($"postgresql:{file}")).Message.ShouldContain("chmod 600");
        }
        finally
        {
            File.Delete(file);
        }
    }
}
