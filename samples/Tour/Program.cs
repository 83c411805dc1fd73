using System.CommandLine;
using Tour;

var part = new Argument<string?>("part") { Description = "The name of a part or of a group of parts. Default: all, in "
    + "order.", DefaultValueFactory = _ => null };
var list = new Option<bool>("--list") { Description = "List the parts without running them." };

var root = new RootCommand("The examples of the documentation of Python's multiprocessing, in C#, and what it has none of.") { part, list };
root.SetAction(parsed => parsed.GetValue(list) ? Catalogue.List() : Catalogue.Run(parsed.GetValue(part)));
return root.Parse(args).Invoke();
