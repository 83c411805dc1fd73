using System.IO.Compression;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace Multiproc.Tests.Packages;

/// <summary>
/// What is in the packages. That programs of all kinds work with them is shown by <c>build/package-matrix.sh</c>, which takes minutes and a package source.
/// </summary>
public sealed class PackageContentTests(PackedProjects packed) : IClassFixture<PackedProjects>
{
    /// <summary>Debuggers look these up in a portable PDB for the text of a source file.</summary>
    private static readonly Guid s_embeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    [Fact]
    public void Library_HasEverythingThatAProgramNeeds()
    {
        using var package = packed.Open("Multiproc");
        string[] images = PackedProjects.HasImages
            ? ["runtimes/linux-x64/lib/net10.0/Multiproc.Actors.dll", "runtimes/linux-x64/lib/net10.0/Multiproc.Host.dll"]
            : [];
        Files(package).ShouldBe(
            [
                "LICENSE", "README.md", "THIRD-PARTY-NOTICES.txt", "analyzers/dotnet/cs/Multiproc.Analyzers.dll", "buildTransitive/Multiproc.props",
                "buildTransitive/Multiproc.targets", "buildTransitive/host/Multiproc.Host.runtimeconfig.json", "icon.png", "lib/net10.0/Multiproc.Actors.dll",
                "lib/net10.0/Multiproc.Actors.xml", "lib/net10.0/Multiproc.Host.dll", .. images,
            ]);
    }

    [Fact]
    public void Library_InLib_IsForEveryMachine_AndImagesAreNot()
    {
        // A compiler warns of a reference that is for one processor (CS8012), and programs may treat that as an error.
        using var package = packed.Open("Multiproc");
        foreach (var entry in package.Entries.Where(static entry => entry.Name.EndsWith(".dll", StringComparison.Ordinal)))
        {
            using var image = new PEReader(new MemoryStream(Bytes(entry)));
            bool isNative = entry.FullName.StartsWith("runtimes/", StringComparison.Ordinal);
            (image.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0).ShouldBe(isNative, entry.FullName);
            bool isForAll = image.PEHeaders.CoffHeader.Machine == Machine.I386 && image.PEHeaders.CorHeader.Flags.HasFlag(CorFlags.ILOnly);
            isForAll.ShouldBe(!isNative, entry.FullName);
        }
    }

    [Fact]
    public void Library_DependsOnFourPackages()
    {
        // Each is one more for every program that uses the library: the host's parser of command lines is none of them.
        Dependencies("Multiproc").Select(static each => each.Attribute("id")!.Value)
            .ShouldBe(
                ["Akka", "Akka.Remote", "Akka.Serialization.Hyperion", "Microsoft.Extensions.Logging.Abstractions", "System.Threading.RateLimiting"],
                ignoreOrder: true);
    }

    [Theory]
    [InlineData("Multiproc.TestKit")]
    [InlineData("Multiproc.Hosting")]
    public void OtherPackages_NeedTheLibraryOfTheSameVersion(string package) =>
        Dependencies(package).Where(static each => each.Attribute("id")!.Value.StartsWith("Multiproc", StringComparison.Ordinal))
            .ShouldHaveSingleItem().ToString().ShouldContain("id=\"Multiproc\" version=\"[0.1.0-dev]\"");

    [Theory]
    [InlineData("Multiproc.TestKit")]
    [InlineData("Multiproc.Hosting")]
    public void OtherPackages_BringTheAnalyzersOfTheLibrary(string package)
    {
        var library = Dependencies(package).Single(static each => each.Attribute("id")!.Value == "Multiproc");
        (library.Attribute("exclude")?.Value ?? "").ShouldNotContain("Analyzers");
        (library.Attribute("include")?.Value ?? "All").ShouldBe("All");
    }

    [Fact]
    public void Hosting_DependsOnNothingElseThanDotNetsOwnExtensions() =>
        Dependencies("Multiproc.Hosting").Select(static each => each.Attribute("id")!.Value).Where(static id => id != "Multiproc")
            .ShouldAllBe(static id => id.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal));

    [Fact]
    public void Analyzers_AreForEveryCompiler()
    {
        using var package = packed.Open("Multiproc");
        using var image = new PEReader(new MemoryStream(Bytes(package.GetEntry("analyzers/dotnet/cs/Multiproc.Analyzers.dll")!)));
        var reader = image.GetMetadataReader();
        var references = reader.AssemblyReferences.Select(reader.GetAssemblyReference).ToDictionary(each => reader.GetString(each.Name), each => each.Version);
        references.ShouldContainKey("netstandard");
        references["Microsoft.CodeAnalysis"].ShouldBeLessThanOrEqualTo(new Version(5, 0), "the oldest compiler that builds for .NET 10");
    }

    [Theory]
    [InlineData("Multiproc")]
    [InlineData("Multiproc.TestKit")]
    [InlineData("Multiproc.Hosting")]
    public void Description_TellsAUserWhatItIs(string package)
    {
        var description = packed.Description(package);
        string Value(string name) => description.Elements().Single(each => each.Name.LocalName == name).Value;
        Value("id").ShouldBe(package);
        Value("license").ShouldBe("Apache-2.0");
        Value("readme").ShouldBe("README.md");
        Value("icon").ShouldBe("icon.png");
        Value("description").Length.ShouldBeGreaterThan(40);
        Value("tags").ShouldContain("multiprocessing");
    }

    [Theory]
    [InlineData("Multiproc", "Multiproc.Actors")]
    [InlineData("Multiproc.TestKit", "Multiproc.TestKit")]
    public void Symbols_AreThoseOfTheAssembly_AndHaveTheSources(string package, string assembly)
    {
        using var library = packed.Open(package);
        using var symbols = packed.Open(package, "snupkg");
        using var image = new PEReader(new MemoryStream(Bytes(library.GetEntry($"lib/net10.0/{assembly}.dll")!)));
        byte[] bytes = Bytes(symbols.GetEntry($"lib/net10.0/{assembly}.pdb")!);
        using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(bytes));
        var reader = provider.GetMetadataReader();
        var entry = image.ReadDebugDirectory().Single(static each => each.Type == DebugDirectoryEntryType.CodeView);
        new Guid(reader.DebugMetadataHeader!.Id.AsSpan()[..16]).ShouldBe(image.ReadCodeViewDebugDirectoryData(entry).Guid);
        if (PackedProjects.Configuration == "Release")
        {
            var withSource = reader.CustomDebugInformation.Select(reader.GetCustomDebugInformation)
                .Where(each => reader.GetGuid(each.Kind) == s_embeddedSource).Select(static each => each.Parent).ToHashSet();
            var documents = reader.Documents.ToList();
            documents.ShouldAllBe(each => withSource.Contains(each));
            documents.Select(each => reader.GetString(reader.GetDocument(each).Name))
                .ShouldAllBe(static name => name.StartsWith("/_", StringComparison.Ordinal), "no path of the machine that packed it");
        }
    }

    [Fact]
    public void Packing_Twice_GivesTheSameBytes()
    {
        var again = Directory.CreateTempSubdirectory("packages-");
        try
        {
            PackedProjects.Pack(again.FullName, "Multiproc.Actors");
            foreach (string file in Directory.EnumerateFiles(again.FullName))
            {
                File.ReadAllBytes(file).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(packed.Folder, Path.GetFileName(file))))
                    .ShouldBeTrue($"{Path.GetFileName(file)} is the same");
            }
        }
        finally
        {
            again.Delete(recursive: true);
        }
    }

    private static string[] Files(ZipArchive package) =>
    [
        .. package.Entries.Select(static entry => entry.FullName)
            .Where(static name => !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal)
                && name is not "[Content_Types].xml" && !name.EndsWith(".nuspec", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private IEnumerable<XElement> Dependencies(string package) =>
        packed.Description(package).Descendants().Where(static each => each.Name.LocalName == "dependency");

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        using var from = entry.Open();
        using var to = new MemoryStream();
        from.CopyTo(to);
        return to.ToArray();
    }
}
