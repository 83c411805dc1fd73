using System.CommandLine;
using Multiproc.Cluster.Host.Commands;
using Multiproc.Host.Commands;

// Run by the host, which passes the arguments of these two commands; as the tool multiproc-host it is the host with all of them.
return args is ["node" or "cluster", ..]
    ? new RootCommand("The commands of multiproc-host for clusters.") { NodeCommandLine.Make(), ClusterCommandLine.Make() }.Parse(args).Invoke()
    : CommandLine.Run(args);
