using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Packages;

/// <summary>The packages, made of what was built for these tests, without compiling anything.</summary>
public sealed class PackedProjects : IDisposable
{
    private static readonly TimeSpan s_bound = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("packages-");

    public PackedProjects()
    {
        Pack(Folder, "Multiproc.Actors");
        Pack(Folder, "Multiproc.TestKit");
        Pack(Folder, "Multiproc.Hosting");
    }

    public static string Configuration { get; } = AppContext.BaseDirectory.Contains("/Debug/", StringComparison.Ordinal) ? "Debug" : "Release";

    /// <summary>Whether this build compiled ahead of time (build/ReadyToRun.targets).</summary>
    public static bool HasImages { get; } = Configuration == "Release"
        && File.Exists(Repository.Path("Multiproc.Actors", "obj", Configuration, "net10.0", "readytorun.stamp"));

    public string Folder => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    public ZipArchive Open(string package, string extension = "nupkg") =>
        ZipFile.OpenRead(Directory.EnumerateFiles(Folder, $"{package}.0.1.0-dev.{extension}").Single());

    public XElement Description(string package)
    {
        using var archive = Open(package);
        using var text = archive.Entries.Single(static entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(text).Root!.Elements().Single();
    }

    public static void Pack(string folder, string project)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            ["msbuild", Repository.Path(project, $"{project}.csproj"), "-t:Pack", "-p:NoBuild=true", $"-p:Configuration={Configuration}",
                $"-p:PackageOutputPath={folder}", "-nodeReuse:false", "-verbosity:minimal"])
        {
            UseShellExecute = false, RedirectStandardOutput = true, WorkingDirectory = Repository.Root,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(s_bound))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"Packing {project} did not end within {s_bound.TotalMinutes} minutes. It printed: {output.Result}");
        }

        process.ExitCode.ShouldBe(0, output.Result);
        output.Result.ShouldNotContain("warning");
    }
}
