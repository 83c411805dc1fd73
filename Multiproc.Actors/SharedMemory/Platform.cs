namespace Multiproc.SharedMemory;

/// <summary>Which implementations this process uses: those of Linux, or the portable ones of all other systems.</summary>
internal static class Platform
{
    /// <summary>Set to 1, has Linux use the portable implementations: what macOS and Windows run can be tested there. Children inherit it.</summary>
    public const string Variable = "MULTIPROC_PORTABLE";

    /// <summary>Whether rings, futexes and the passing of descriptors are used.</summary>
    public static bool UsesLinux { get; } = OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable(Variable) != "1";
}
