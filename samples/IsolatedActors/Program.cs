using System.CommandLine;
using IsolatedActors;

var seconds = new Option<double>("--seconds") { Description = "For how long.", DefaultValueFactory = _ => 10 };
var workers = new Option<int>("--workers") { Description = "How many actors, each in a process of its own.", DefaultValueFactory = _ => 2 };
var crash = new Option<double>("--crash") { Description = "The part of all images that crash the process of their actor.", DefaultValueFactory = _ => 0.02 };
var command = new RootCommand("Makes thumbnails by native code that crashes now and then, in actors that live in processes of their own.")
{
    seconds,
    workers,
    crash,
};
command.SetAction(parsed => Studio.Run(TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(workers), parsed.GetValue(crash)));
return command.Parse(args).Invoke();
