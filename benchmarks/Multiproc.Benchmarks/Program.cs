using Multiproc.Benchmarks;

// Before the command line is parsed: the row script_cold counts the start of the program, too.
if (args is [ColdRows.ScriptArgument])
{
    ColdRows.RunScript();
    return 0;
}

return Commands.Run(args);
