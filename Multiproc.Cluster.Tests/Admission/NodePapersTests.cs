using Multiproc.Cluster.Admission;
using Multiproc.Serialization;

namespace Multiproc.Cluster.Tests.Admission;

/// <summary>Decides which nodes may join.</summary>
public sealed class NodePapersTests
{
    private static readonly NodePapers s_own = new("1.2.3", "journal", "SQLite, /data/a.db", "10.0.0.1:4053");

    [Theory]
    [InlineData("1.2.3")]
    [InlineData("1.2.9")]
    public void Node_OfTheSameMinorVersion_IsLetIn(string version) =>
        s_own.ProblemOf(s_own with { Version = version, Address = "10.0.0.2:4053" }).ShouldBeNull();

    [Theory]
    [InlineData("1.3.3")]
    [InlineData("2.2.3")]
    public void Node_OfAnotherVersion_IsRefused(string version)
    {
        string problem = s_own.ProblemOf(s_own with { Version = version, Address = "10.0.0.2:4053" }).ShouldNotBeNull();
        problem.ShouldContain(version);
        problem.ShouldContain("10.0.0.2:4053");
    }

    [Fact]
    public void Node_WithAnotherJournal_IsRefused() =>
        s_own.ProblemOf(s_own with { Journal = "another", Storage = "PostgreSQL" }).ShouldNotBeNull().ShouldContain("PostgreSQL");

    [Fact]
    public void Papers_FromALaterVersionWithMoreFields_AreRead()
    {
        using var writer = new WireWriter();
        writer.Write(new AdmissionQuestion(s_own));
        writer.String("a field of the future");
        var reader = new WireReader(writer.ToArray());
        reader.ReadAdmissionQuestion().Papers.ShouldBe(s_own);
    }
}
