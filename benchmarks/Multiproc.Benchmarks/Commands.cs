using System.CommandLine;
using Multiproc.Benchmarks.Fuzz;
using Multiproc.Benchmarks.Stress;

namespace Multiproc.Benchmarks;

/// <summary>The commands of this program.</summary>
internal static class Commands
{
    public static int Run(string[] args)
    {
        var rows = new Argument<string[]>("rows") { Description = "Names of rows, or parts of them; none: all.", DefaultValueFactory = _ => [] };
        var rounds = new Option<int>("--rounds") { Description = "How often each row is measured in each program.", DefaultValueFactory = _ => 5 };
        var output = new Option<DirectoryInfo>("--output")
        {
            Description = "Where the table goes.", DefaultValueFactory = _ => new DirectoryInfo("benchmarks/results"),
        };

        var measure = new Command("measure", "Measures rows of this library once and prints 'name value unit' for each.") { rows };
        measure.SetAction(parsed => Rows.Measure(parsed.GetValue(rows)!));

        var load = new Option<bool>("--load") { Description = "Beside processes that take all processors." };
        var compare = new Command("compare", "Measures rows here and in CPython, in turn, and writes a table with the ratios.") { rows, rounds, load, output };
        compare.SetAction(
            parsed => Comparison.Run(parsed.GetValue(rows)!, parsed.GetValue(rounds), parsed.GetValue(load), parsed.GetValue(output)!));

        var actors = new Command("actors", "Measures actors of another process over links and over Akka.Remote with DotNetty, in turn, and writes a table.")
        {
            rounds,
            output,
        };
        actors.SetAction(parsed => Actors.ActorComparison.Run(parsed.GetValue(rounds), parsed.GetValue(output)!));

        var objects = new Command(
            "objects", "Measures the objects that Python has none of and, where .NET has them for threads, those of .NET, in turn, and writes a table.")
        {
            rounds,
            output,
        };
        objects.SetAction(parsed => NewerObjects.ObjectComparison.Run(parsed.GetValue(rounds), parsed.GetValue(output)!));

        var pools = new Command("cluster-pool", "Measures a pool over two nodes beside one of this machine, in turn, and writes a table.") { rounds, output };
        pools.SetAction(parsed => Clusters.PoolComparison.Run(parsed.GetValue(rounds), parsed.GetValue(output)!));

        var each = new Option<double>("--seconds") { Description = "How long each row of a round is measured.", DefaultValueFactory = _ => 0.7 };
        var python = new Command("python-manager", "Measures Python clients of a manager of this library and of CPython's own, in turn, and writes a table.")
        {
            rounds,
            each,
            output,
        };
        python.SetAction(parsed =>
            PythonManagers.ManagerComparison.Run(parsed.GetValue(rounds), parsed.GetValue(each), parsed.GetValue(output)!));

        var seed = new Option<int>("--seed") { Description = "Of what is random.", DefaultValueFactory = _ => 1 };
        var starts = new Option<int>("--starts") { Description = "How many processes are started.", DefaultValueFactory = _ => 200 };
        var stress = new Command(
            "stress", "Starts and ends processes in random order, by all methods and in all ways, and fails when anything is left of them.") { starts, seed };
        stress.SetAction(parsed => Storm.Run(parsed.GetValue(starts), parsed.GetValue(seed)));

        var handovers = new Option<int>("--rounds") { Description = "How many spare hosts are killed.", DefaultValueFactory = _ => 50 };
        var handover = new Command(
            "handover", "Kills spare hosts around the moment in which they are handed over, and fails when a target runs twice or not at all.") { handovers,
            seed };
        handover.SetAction(parsed => Handovers.Run(parsed.GetValue(handovers), parsed.GetValue(seed)));

        var duration = new Option<double>("--seconds") { Description = "For how long.", DefaultValueFactory = _ => 600 };
        var fuzz = new Command(
            "fuzz", "Attacks the handshake and the frame readers of two managers, and fails when one ends, hangs or keeps what its attackers left.") { duration,
            seed };
        fuzz.SetAction(parsed => FuzzRun.Run(TimeSpan.FromSeconds(parsed.GetValue(duration)), parsed.GetValue(seed)));

        var nodes = new Option<int>("--nodes") { Description = "How many nodes.", DefaultValueFactory = _ => 3 };
        var loopback = new Option<bool>("--loopback") { Description = "No network namespaces, also where they may be made: only processes are disturbed." };
        var postgres = new Option<bool>("--postgresql") { Description = "The journal is in a PostgreSQL server of the run's own, and not in a file." };
        var check = new Option<DirectoryInfo?>("--check") { Description = "Only checks the histories again that a run with violations has kept." };
        var faults = new Command(
            "cluster-faults",
            "Uses objects of a cluster at random while its nodes are killed, stopped and cut off, and fails when the history of all operations breaks a "
                + "guarantee of docs/cluster.md.") { nodes, duration, seed, loopback, postgres, check };
        faults.SetAction(parsed => parsed.GetValue(check) is { } folder
            ? Faults.FaultRun.Check(folder.FullName)
            : Faults.FaultRun.RunAsCommand(new Faults.FaultOptions
            {
                Nodes = parsed.GetValue(nodes),
                Duration = TimeSpan.FromSeconds(parsed.GetValue(duration)),
                Seed = parsed.GetValue(seed),
                WantsNamespaces = !parsed.GetValue(loopback),
                UsesPostgreSql = parsed.GetValue(postgres),
            }));

        var takeovers = new Option<int>("--kills") { Description = "How many nodes are killed, in each of two ways.", DefaultValueFactory = _ => 20 };
        var commands = new Option<int>("--commands")
        {
            Description = "How many commands the object has that is recovered.", DefaultValueFactory = _ => 1_000_000,
        };
        var cluster = new Command(
            "cluster", "Measures calls of objects of a cluster beside bare asks through Akka.Cluster.Sharding, takeovers, and recovery, and writes a table.")
        {
            rounds,
            takeovers,
            commands,
            output,
        };
        cluster.SetAction((parsed, _) => Clusters.ClusterBenchmark.RunAsync(
            parsed.GetValue(rounds), parsed.GetValue(takeovers), parsed.GetValue(commands), parsed.GetValue(output)!));

        Command[] all = [measure, compare, objects, actors, pools, python, cluster, stress, handover, fuzz, faults];
        var root = new RootCommand("Benchmarks of Multiproc.");
        Array.ForEach(all, root.Add);
        return root.Parse(args).Invoke();
    }
}
