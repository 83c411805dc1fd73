using System.Diagnostics.CodeAnalysis;
using Multiproc.Processes.Linux;
using Multiproc.Processes.Portable;

namespace Multiproc.Processes;

/// <summary>
/// A program that is published as one file runs itself for its children: their Main must hand over to us first of all. What if it does not? Then
/// the child is the whole program once more, and would start children of its own without end: so it may start none.
/// </summary>
internal static class FrozenApp
{
    /// <summary>The first argument of a child.</summary>
    public const string Mark = "--multiproc-host";

    private static bool s_bound;

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "That a bundled assembly has no place is what is asked.")]
    public static bool IsFrozen { get; } = typeof(FrozenApp).Assembly.Location.Length == 0;

    /// <summary>What to do when a child did not start; empty where this cannot be the reason.</summary>
    public static string Advice =>
        IsFrozen ? " In a program that is published as one file, the first line of Main must be: Mp.FreezeSupport(args);" : "";

    public static void Support(string[] args)
    {
        s_bound = true;
        if (args is [Mark, var verb])
        {
            Environment.Exit(verb == "child" ? LinuxChild.Run() : PortableChild.Run());
        }
    }

    /// <exception cref="InvalidOperationException">This is a child whose Main did not hand over.</exception>
    public static void RequireBound()
    {
        if (IsFrozen && !s_bound && Environment.GetCommandLineArgs() is [_, Mark, ..])
        {
            throw new InvalidOperationException(
                "This process was started as a child of the same program, but runs its Main: a program that is published as one file must begin Main with Mp.FreezeSupport(args).");
        }
    }
}
