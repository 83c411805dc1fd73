using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Multiproc.Processes.Linux;
using Multiproc.Processes.Portable;

namespace Multiproc.Processes;

/// <summary>
/// Supports programs that are published as a single file or with a runtime of their own. Such a program has no <c>dotnet</c> that could run the host, so it
/// runs its own executable for its children. A startup hook takes a child before Main begins; where hooks are turned off, Main must hand control over itself.
/// If it does not, the child would run the whole program again and start children without end; so a child like that must not start any.
/// </summary>
internal static class FrozenApp
{
    /// <summary>The first argument of a child.</summary>
    public const string Mark = "--multiproc-host";

    /// <summary>The assembly with the type StartupHook. The runtime looks it up by its name, also within a single file.</summary>
    public const string Hook = "Multiproc.Host";

    private const string HookSwitch = "System.StartupHookProvider.IsSupported";

    private static bool s_bound;

    /// <summary>Whether all assemblies are in one executable file.</summary>
    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "The location of a bundled assembly is empty, which is what is tested.")]
    public static bool IsSingleFile { get; } = typeof(FrozenApp).Assembly.Location.Length == 0;

    /// <summary>Whether the program's executable is what its children run.</summary>
    public static bool IsFrozen { get; } = IsSingleFile || HasOwnRuntime;

    /// <summary>Whether the runtime takes children before Main begins.</summary>
    public static bool HasHooks => !AppContext.TryGetSwitch(HookSwitch, out bool isOn) || isOn;

    /// <summary>Advice for a child that did not start; empty where a missing FreezeSupport cannot be the reason.</summary>
    public static string Advice => IsFrozen && !HasHooks ? $" {ToDo}" : "";

    private static string ToDo => $"Startup hooks are turned off in this program ({HookSwitch} is false), so the first line of Main must be: "
        + "Mp.FreezeSupport(args);";

    private static bool HasOwnRuntime =>
        Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory()) == Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);

    /// <summary>Runs a child that was started by the command of a frozen program, and does not return; returns in any other process.</summary>
    public static void Support(ReadOnlySpan<string> arguments)
    {
        s_bound = true;
        if (arguments is [Mark, var verb])
        {
            Environment.Exit(verb == "child" ? LinuxChild.Run() : PortableChild.Run());
        }
    }

    /// <summary>Does the same for the startup hook, which is given no arguments.</summary>
    public static void TakeOver()
    {
        string[] command = Environment.GetCommandLineArgs();
        if (command is [_, Mark, _])
        {
            // Programs that this child starts, by whatever means, are not its children: they have no such hook.
            StartupHooks.Leave();
            Support(command.AsSpan(1));
        }
    }

    /// <exception cref="InvalidOperationException">This is a child whose Main did not call FreezeSupport.</exception>
    public static void RequireBound()
    {
        if (IsFrozen && !s_bound && Environment.GetCommandLineArgs() is [_, Mark, ..])
        {
            throw new InvalidOperationException($"This process was started as a child of the same program, but runs its Main. {ToDo}");
        }
    }
}
