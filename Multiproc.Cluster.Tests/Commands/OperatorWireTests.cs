using Multiproc.Cluster.Operating;
using Multiproc.Cluster.Sessions;
using Multiproc.Serialization;

namespace Multiproc.Cluster.Tests.Commands;

/// <summary>The messages between commands and nodes, as bytes and back.</summary>
public sealed class OperatorWireTests
{
    [Fact]
    public void Reports_WrittenAndRead_AreTheSame()
    {
        var report = new ClusterObjectReport
        {
            Name = "gate",
            Type = "lock",
            Node = "a:1",
            Holders = [new ClusterHolder(new ClusterParty("b:2", 17, 4), 2)],
            Waiters = [new ClusterParty("a:1", 18, 0)],
            Counts = new Dictionary<string, long> { ["fence"] = -1 },
        };
        var read = (FromOperator.InspectionIs)Again(new FromOperator.InspectionIs(new ClusterReport([report], ["c:3"])));
        read.Report.Silent.ShouldBe(["c:3"]);
        read.Report.Objects.Single().ToString().ShouldBe(report.ToString());
        report.ToString().ShouldBe(
            "lock 'gate' at a:1; held by b:2, process 17, thread 4; 1 wait: a:1, process 18; fence -1");

        var sight = new EntitySight("q", "queue", [], [new SightParty("n#1", 3, 4, 5)], new Dictionary<string, long> { ["items"] = 9 })
        {
            Waits = [(new SightParty("n#1", 3, 4, 5), new SightParty("n#2", 1, 2, 1))],
        };
        var survey = (FromOperator.SurveyIs)Again(new FromOperator.SurveyIs([sight]));
        survey.Objects.Single().Waiters.ShouldBe(sight.Waiters);
        survey.Objects.Single().Counts.ShouldBe(sight.Counts);
        survey.Objects.Single().Waits.ShouldBe(sight.Waits);
        ((FromOperator.PidsAre)Again(new FromOperator.PidsAre([0, 7]))).Pids.ShouldBe([0, 7]);
    }

    [Fact]
    public void Message_OfANewerVersion_SaysSo()
    {
        Should.Throw<SerializationException>(() =>
        {
            var reader = new WireReader([99]);
            reader.ReadToOperator();
        }).Message.ShouldContain("newer version");
    }

    private static FromOperator Again(FromOperator message)
    {
        using var writer = new WireWriter();
        writer.Write(message);
        var reader = new WireReader(writer.ToArray());
        return reader.ReadFromOperator();
    }
}
