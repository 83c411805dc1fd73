using System.Diagnostics;

namespace Multiproc.Tests.Support;

/// <summary>A program of one source file that uses the library, made and run in a folder of its own.</summary>
internal sealed class ExampleProgram : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("example-");
    private readonly string _temporary;

    /// <param name="source">The text of Program.cs.</param>
    /// <param name="properties">More properties of the project.</param>
    public ExampleProgram(string source, string properties = "")
    {
        _temporary = _folder.CreateSubdirectory("tmp").FullName;
        File.WriteAllText(Path.Combine(_folder.FullName, "Program.cs"), source);
        File.WriteAllText(Path.Combine(_folder.FullName, "Example.csproj"), Project(properties));
    }

    public string Folder => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Runs a command of the SDK in the folder.</summary>
    public ProgramRun Dotnet(params string[] arguments) => Run("dotnet", null, arguments);

    /// <summary>Runs any program in the folder.</summary>
    public ProgramRun Run(string program, IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false, WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";

        // What the SDK and a program that fails leave goes with the folder. No server of the compiler must live on in it.
        start.Environment["TMPDIR"] = start.Environment["XDG_RUNTIME_DIR"] = _temporary;
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within two minutes. It printed: {output.Result}{errors.Result}");
        }

        return new ProgramRun(process.ExitCode, output.Result, errors.Result);
    }

    /// <summary>References what was built for these tests: an example must not build the library under the feet of the others.</summary>
    private static string Project(string properties) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <ManagePackageVersionsCentrally>false</ManagePackageVersionsCentrally>
            {properties}
          </PropertyGroup>
          <ItemGroup>
            <Reference Include="Multiproc.Actors"><HintPath>{AppContext.BaseDirectory}Multiproc.Actors.dll</HintPath></Reference>
            <Reference Include="Multiproc.Host"><HintPath>{AppContext.BaseDirectory}Multiproc.Host.dll</HintPath></Reference>
          </ItemGroup>
        </Project>
        """;
}
