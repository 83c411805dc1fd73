using Multiproc.Cluster.Pools;
using Multiproc.Serialization;

namespace Multiproc.Cluster.Tests.Pools;

/// <summary>Whether code of one program can run in another.</summary>
public sealed class ProgramIdentityTests
{
    private static readonly ProgramIdentity s_program = new(
        "Jobs", "10.0.1", new Dictionary<string, Guid> { ["Jobs"] = Guid.NewGuid(), ["Jobs.Core"] = Guid.NewGuid() },
        [new ProgramFile("Jobs.dll", 12, new string('A', 64))]);

    [Fact]
    public void Problem_OfTheSameBuild_IsNone()
    {
        s_program.ProblemAt(s_program, "h:1").ShouldBeNull();
        var more = new Dictionary<string, Guid>(s_program.Assemblies.ToDictionary()) { ["Other"] = Guid.NewGuid() };
        s_program.ProblemAt(s_program with { Name = "Bigger", Assemblies = more }, "h:1").ShouldBeNull("what a node has beside is its own business");
    }

    [Fact]
    public void Problem_OfAnotherBuildOrRuntime_NamesWhatDiffers()
    {
        var other = s_program.Assemblies.ToDictionary();
        other["Jobs.Core"] = Guid.NewGuid();
        s_program.ProblemAt(s_program with { Assemblies = other }, "h:1").ShouldNotBeNull().ShouldContain("h:1 runs Jobs and has another build of Jobs.Core");
        other.Remove("Jobs");
        s_program.ProblemAt(s_program with { Assemblies = other }, "h:1").ShouldNotBeNull().ShouldContain("another build of Jobs.Core and no Jobs,");
        s_program.ProblemAt(s_program with { Runtime = "10.0.2" }, "h:1").ShouldNotBeNull().ShouldContain("install the same version");
    }

    [Fact]
    public void Identity_OfThisProcess_HasWhatItRefersToAndIsReadAsWritten()
    {
        var own = OwnProgram.Identity;
        own.Name.ShouldBe("Multiproc.Cluster.Tests");
        own.Assemblies["Multiproc.Cluster"].ShouldBe(typeof(ClusterContext).Module.ModuleVersionId);
        own.Assemblies.Keys.ShouldContain("Akka.Cluster");
        own.Assemblies.Keys.ShouldNotContain("System.Runtime");
        OwnProgram.WithFiles.Files.Select(static each => each.Path).ShouldContain("Multiproc.Host.dll");
        OwnProgram.WithFiles.Files.ShouldAllBe(static each => !each.Path.EndsWith("appsettings.json", StringComparison.Ordinal));

        var writer = new WireWriter();
        new PoolGreeting("h:1", 7, 1, 2, s_program).WriteTo(writer);
        var reader = new WireReader(writer.Written);
        var read = PoolGreeting.ReadFrom(ref reader);
        read.Program.ProblemAt(s_program, "h:1").ShouldBeNull();
        read.Program.Files.ShouldBe(s_program.Files);
        (read.Caller, read.Pid, read.HardMemory, read.SoftMemory).ShouldBe(("h:1", 7, 1, 2));
    }

    [Fact]
    public void Greeting_ThatIsCutAnywhere_IsMalformed()
    {
        var writer = new WireWriter();
        new PoolGreeting("h:1", 7, 1, 2, s_program).WriteTo(writer);
        for (int length = 0; length < writer.Length; length++)
        {
            byte[] cut = writer.Written[..length].ToArray();
            Should.Throw<SerializationException>(() =>
            {
                var reader = new WireReader(cut);
                PoolGreeting.ReadFrom(ref reader);
            });
        }
    }
}
