using System.CommandLine;
using Multiproc.Cluster.Host.Commands;

// Run by multiproc-host, which passes its arguments; by hand it is the same.
return new RootCommand("The commands of multiproc-host for clusters.") { NodeCommandLine.Make(), ClusterCommandLine.Make() }.Parse(args).Invoke();
