using System.Diagnostics.CodeAnalysis;
using Multiproc.Processes.Linux;
using Multiproc.Processes.Portable;

namespace Multiproc.Processes;

/// <summary>
/// Supports programs that are published as a single file. Such a program runs its own executable for its children, so Main must first hand control to the
/// library. If it does not, the child would run the whole program again and start children without end; so a child like that must not start any.
/// </summary>
internal static class FrozenApp
{
    /// <summary>The first argument of a child.</summary>
    public const string Mark = "--multiproc-host";

    private static bool s_bound;

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "The location of a bundled assembly is empty, which is what is tested.")]
    public static bool IsFrozen { get; } = typeof(FrozenApp).Assembly.Location.Length == 0;

    /// <summary>Advice for a child that did not start; empty where a missing FreezeSupport cannot be the reason.</summary>
    public static string Advice =>
        IsFrozen ? " In a program that is published as a single file, the first line of Main must be: Mp.FreezeSupport(args);" : "";

    public static void Support(string[] args)
    {
        s_bound = true;
        if (args is [Mark, var verb])
        {
            Environment.Exit(verb == "child" ? LinuxChild.Run() : PortableChild.Run());
        }
    }

    /// <exception cref="InvalidOperationException">This is a child whose Main did not call FreezeSupport.</exception>
    public static void RequireBound()
    {
        if (IsFrozen && !s_bound && Environment.GetCommandLineArgs() is [_, Mark, ..])
        {
            throw new InvalidOperationException(
                "This process was started as a child of the same program, but runs its Main: a program that is published as a single file must begin Main "
                + "with Mp.FreezeSupport(args).");
        }
    }
}
