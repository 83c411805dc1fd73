using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Multiproc.Host.Commands;

/// <summary>
/// Runs this command as the program that an assembly belongs to, with its dependencies and settings: those of this program may be older, and what a process
/// has loaded cannot be replaced.
/// </summary>
internal static partial class ProgramOfAssembly
{
    private const string HostFile = "Multiproc.Host.dll";

    /// <summary>
    /// Does not return, if the assembly is a program with the host beside it and this process does not have its dependencies. A library has no program: then
    /// what it needs is loaded here.
    /// </summary>
    /// <exception cref="Win32Exception">The program could not be run.</exception>
    public static void GoOnAs(string assembly)
    {
        string program = Path.ChangeExtension(assembly, null);
        string host = Path.Combine(Path.GetDirectoryName(assembly)!, HostFile);
        var (settings, dependencies) = ($"{program}.runtimeconfig.json", $"{program}.deps.json");
        if (!File.Exists(settings) || !File.Exists(dependencies) || !File.Exists(host) || Has(dependencies))
        {
            return;
        }

        Become(settings, dependencies, host);
    }

    /// <summary>Runs a program of .NET with the arguments of this one. Does not return.</summary>
    /// <param name="settings">Its file of runtime settings.</param>
    /// <param name="dependencies">Its file of dependencies.</param>
    /// <param name="program">Its assembly.</param>
    /// <exception cref="Win32Exception">The program could not be run.</exception>
    public static void Become(string settings, string dependencies, string program)
    {
        string dotnet = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : DotnetOfThisRuntime();
        string[] arguments = ["exec", "--runtimeconfig", settings, "--depsfile", dependencies, program, .. Environment.GetCommandLineArgs()[1..]];
        if (OperatingSystem.IsWindows())
        {
            // There a process cannot become another program.
            using var running = Process.Start(new ProcessStartInfo(dotnet, arguments) { UseShellExecute = false })!;
            running.WaitForExit();
            Environment.Exit(running.ExitCode);
        }

        // The same process: whoever started it, and sends it signals, need not know.
        _ = Execute(dotnet, [dotnet, .. arguments, null]);
        throw new Win32Exception(
            Marshal.GetLastPInvokeError(), $"{dotnet} could not run {Path.GetFileName(program)}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private static bool Has(string dependencies) =>
        AppContext.GetData("APP_CONTEXT_DEPS_FILES") is string files && files.Split(';').Contains(dependencies, StringComparer.Ordinal);

    /// <summary>The runtime lies in shared/Microsoft.NETCore.App/VERSION of its installation.</summary>
    private static string DotnetOfThisRuntime() =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments);
}
