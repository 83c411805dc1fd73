using System.CommandLine;

namespace Multiproc.Host.Commands;

/// <summary>What a person can call.</summary>
internal static class CommandLine
{
    public static int Run(string[] args)
    {
        var root = new RootCommand("Multiproc's host: the program that child processes run. Programs start it by themselves; there is nothing to start by hand.");
        root.SetAction(_ =>
        {
            Console.Error.WriteLine("multiproc-host is started by programs that use Multiproc, with a connection that they hand over. See --help.");
            return 2;
        });
        return root.Parse(args).Invoke();
    }
}
