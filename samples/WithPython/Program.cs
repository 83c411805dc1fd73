using System.CommandLine;
using WithPython;

var workers = new Option<int>("--workers") { Description = "How many Python processes.", DefaultValueFactory = _ => 2 };
var lines = new Option<int>("--lines") { Description = "How many lines of text they get.", DefaultValueFactory = _ => 200 };
var interpreter = new Option<string>("--python") { Description = "The interpreter: CPython 3.8 or later.", DefaultValueFactory = _ => "python3" };
var kill = new Option<bool>("--kill") { Description = "Kills one of them in the middle: its line goes to another." };
var command = new RootCommand("Counts words by their length: Python processes take lines from a C# queue and fill a C# dictionary.")
{
    workers,
    lines,
    interpreter,
    kill,
};
command.SetAction(parsed =>
    Counting.Run(parsed.GetValue(workers), parsed.GetValue(lines), parsed.GetValue(interpreter)!, parsed.GetValue(kill)));
return command.Parse(args).Invoke();
