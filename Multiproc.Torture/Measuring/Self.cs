using System.Reflection;

namespace Multiproc.Torture.Measuring;

/// <summary>How this program is started again.</summary>
internal static class Self
{
    /// <summary>The arguments with which <see cref="Environment.ProcessPath"/> runs this program again: its assembly first if that is the runtime.</summary>
    public static string[] Arguments(params string[] arguments) =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [Assembly.GetEntryAssembly()!.Location, .. arguments] : arguments;
}
