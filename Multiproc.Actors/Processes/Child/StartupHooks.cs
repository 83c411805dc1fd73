namespace Multiproc.Processes;

/// <summary>
/// The variable that names startup hooks: assemblies whose code the runtime runs before Main. Ours is the last one, since it does not return in a child; the
/// user's own, as those of a profiler, run before it.
/// </summary>
internal static class StartupHooks
{
    public const string Variable = "DOTNET_STARTUP_HOOKS";

    /// <summary>Gets the value for a child.</summary>
    /// <param name="others">The hooks that it has besides; null or empty for none.</param>
    public static string With(string? others) => string.IsNullOrEmpty(others) ? FrozenApp.Hook : $"{others}{Path.PathSeparator}{FrozenApp.Hook}";

    /// <summary>Gets a value without our hook; null if no other is in it.</summary>
    public static string? Without(string? value)
    {
        if (value is null || value == FrozenApp.Hook)
        {
            return null;
        }

        string end = $"{Path.PathSeparator}{FrozenApp.Hook}";
        return value.EndsWith(end, StringComparison.Ordinal) ? value[..^end.Length] : value;
    }

    /// <summary>Takes our hook out of this process's environment.</summary>
    public static void Leave() => Environment.SetEnvironmentVariable(Variable, Without(Environment.GetEnvironmentVariable(Variable)));
}
