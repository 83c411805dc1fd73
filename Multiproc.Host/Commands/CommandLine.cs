using System.CommandLine;

namespace Multiproc.Host.Commands;

/// <summary>What a person can call.</summary>
internal static class CommandLine
{
    public static int Run(string[] args)
    {
        var root = new RootCommand("Multiproc's host: the program that child processes run; programs start those by themselves. By hand it serves a manager.")
        {
            ManagerCommandLine.Make(),
        };
        root.SetAction(_ =>
        {
            Console.Error.WriteLine("multiproc-host is started by programs that use Multiproc, with a connection that they hand over. By hand: multiproc-host manager. See --help.");
            return 2;
        });
        return root.Parse(args).Invoke();
    }
}
