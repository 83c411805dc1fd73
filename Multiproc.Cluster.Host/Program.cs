using System.CommandLine;
using Multiproc.Cluster.Host.Commands;
using Multiproc.Host.Commands;
using Multiproc.Torture.Measuring;
using Multiproc.Torture.Shortages;

// What a torture run starts this program for.
if (args is [Burners.Argument])
{
    Burners.Burn();
    return 0;
}

if (args is [SmallMemory.Argument])
{
    return SmallMemory.Inside();
}

if (args is ["dashboard", ..])
{
    return DashboardProgram.Run();
}

// Run by the host, which passes the arguments of these commands; as the tool multiproc-host it is the host with all of them.
return args is ["node" or "cluster" or "torture" or "top" or "stack" or "dump", ..]
    ? new RootCommand("The commands of multiproc-host for clusters, for looking into processes, and for trying it.")
    {
        NodeCommandLine.Make(), ClusterCommandLine.Make(), TortureCommandLine.Make(), TopCommandLine.Make(), StackCommandLine.Make(), DumpCommandLine.Make(),
    }.Parse(args).Invoke()
    : CommandLine.Run(args);
