using System.Reflection;

namespace Multiproc.Torture.Measuring;

/// <summary>How this program is started again.</summary>
internal static class Self
{
    /// <summary>The arguments for <see cref="Environment.ProcessPath"/> with which this program runs again: its assembly where that is the runtime itself.</summary>
    public static string[] Arguments(params string[] arguments) =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Assembly.GetEntryAssembly()!.Location, .. arguments] : arguments;
}
