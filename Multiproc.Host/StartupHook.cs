using Multiproc.Processes;

#pragma warning disable MA0047 // The runtime looks for a type of this name that is in no namespace.

/// <summary>
/// Takes a child of a program that is published as a single file or with its own runtime, before its Main begins: such a program is the host of its own
/// children, and its parent names this assembly in DOTNET_STARTUP_HOOKS.
/// </summary>
internal static class StartupHook
{
    public static void Initialize() => FrozenApp.TakeOver();
}
