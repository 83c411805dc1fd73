using Multiproc.Benchmarks;
using Multiproc.Benchmarks.Faults.Nodes;
using Multiproc.Torture.Measuring;

// Before the command line is parsed: the row script_cold counts the start of the program, too.
if (args is [ColdRows.ScriptArgument])
{
    ColdRows.RunScript();
    return 0;
}

if (args is [Burners.Argument])
{
    Burners.Burn();
    return 0;
}

if (args is [NodeTask.Command, ..])
{
    return FaultNode.Run(NodeTask.Parse(args));
}

return Commands.Run(args);
