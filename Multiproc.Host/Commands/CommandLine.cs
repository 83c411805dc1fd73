using System.CommandLine;

namespace Multiproc.Host.Commands;

/// <summary>Parses the command line of a user.</summary>
internal static class CommandLine
{
    public static int Run(string[] args)
    {
        var root = new RootCommand("Multiproc's host: the program that runs child processes. Programs that use Multiproc start it by themselves; by hand it "
            + "serves a manager.")
        {
            ManagerCommandLine.Make(),
            PsCommandLine.Make(),
            new Command("dashboard", "Shows running programs in a browser (in the tool multiproc-host): see multiproc-host dashboard --help."),
            new Command("top", "Shows running programs and their processes, again and again (in the tool multiproc-host): see multiproc-host top --help."),
            new Command("stack", "Shows what each thread of a process does (in the tool multiproc-host): see multiproc-host stack --help."),
            new Command("dump", "Writes a dump of a process (in the tool multiproc-host): see multiproc-host dump --help."),
            new Command("node", "Runs a bare node of a cluster (in the tool multiproc-host): see multiproc-host node --help."),
            new Command("cluster", "Looks after a cluster (in the tool multiproc-host): see multiproc-host cluster --help."),
            new Command("torture", "Tries the library on this machine (in the tool multiproc-host): see multiproc-host torture --help."),
        };
        root.SetAction(_ =>
        {
            Console.Error.WriteLine("multiproc-host is started by programs that use Multiproc, which pass it a connection. To serve a manager by hand: "
                + "multiproc-host manager. See --help.");
            return 2;
        });
        return root.Parse(args).Invoke();
    }
}
