using System.CommandLine;
using ClusterJobs;

var folder = new Argument<DirectoryInfo?>("folder")
{
    Description = "The folder of logs or documents. Default: the reference documentation (*.xml) of the installed .NET SDK.",
    DefaultValueFactory = _ => null,
};
var nodes = new Option<int>("--nodes")
{
    Description = "The number of nodes that work, each a process of its own, beside this one, which leads.", DefaultValueFactory = _ => 3,
};
var workers = new Option<int>("--workers") { Description = "The number of workers on each of them.", DefaultValueFactory = _ => 1 };
var kill = new Option<bool>("--kill") { Description = "End one of the nodes by kill -9 in the middle." };
var postgres = new Option<string?>("--postgres")
{
    Description = "Keep the journal in a PostgreSQL database, with this connection string, as it is done on several machines; by default in an SQLite file.",
};
var state = new Option<DirectoryInfo?>("--state")
{
    Description = "The folder of the journal and of the index. One that is there already is gone on with: what was done is not done again. Default: a new "
        + "temporary folder.",
};

var root = new RootCommand(
    "Makes an index of the words of all files under a folder, on several nodes of a cluster, and checks it. Exit code 1 if it is wrong.")
{
    folder, nodes, workers, kill, postgres, state,
};
root.SetAction(parsed =>
{
    var from = parsed.GetValue(folder);
    return Run.Execute(new RunOptions(
        from?.FullName ?? "the packs of the .NET SDK", Corpus.Find(from), parsed.GetValue(nodes), parsed.GetValue(workers), parsed.GetValue(kill),
        parsed.GetValue(postgres), parsed.GetValue(state)?.FullName));
});
return root.Parse(args).Invoke();
