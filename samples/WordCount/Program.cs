using System.CommandLine;
using WordCount;

var folder = new Argument<DirectoryInfo?>("folder") { Description = "The folder of the text files. Default: the reference documentation (*.xml) of the "
    + "installed .NET SDK.", DefaultValueFactory = _ => null };
var workers = new Option<int>("--workers") { Description = "The number of worker processes.", DefaultValueFactory = _ => Environment.ProcessorCount };
var verify = new Option<bool>("--verify") { Description = "Count again in this process alone, compare the results, and report the speed-up. Exit code 1 on "
    + "any difference." };
var onDeath = new Option<OnDeath>("--on-death") { Description = "What to do with the file that a worker was counting when it died: Retry it, or Skip it and "
    + "report it.", DefaultValueFactory = _ => OnDeath.Retry };
var killWorker = new Option<bool>("--kill-worker") { Description = "Kill a worker (-9) when a third of the files is counted, to show that the run survives "
    + "it." };
var serial = new Option<bool>("--serial") { Description = "Count in this process alone, to compare." };
var repeat = new Option<int?>("--repeat") { Description = "Count all files so many times over. Default: 4 for the reference documentation, 1 for a folder." };
var insights = new Option<bool>("--insights") { Description = "Report how the workers spent their time, the slowest files, and advice." };

var root = new RootCommand(
    "Counts the words of every text file under a folder, with a pool of processes.") { folder, workers, verify, onDeath, killWorker, insights, serial, repeat };
root.SetAction(parsed => new Job(Corpus.Find(parsed.GetValue(folder), parsed.GetValue(repeat)), new JobOptions(
    parsed.GetValue(workers), parsed.GetValue(onDeath), parsed.GetValue(killWorker), parsed.GetValue(insights), parsed.GetValue(verify),
    parsed.GetValue(serial))).Run());
return root.Parse(args).Invoke();
