using System.CommandLine;
using Multiproc.Dashboard.Host;

return new RootCommand("The command of multiproc-host that shows running programs in a browser.") { DashboardCommandLine.Make() }.Parse(args).Invoke();
