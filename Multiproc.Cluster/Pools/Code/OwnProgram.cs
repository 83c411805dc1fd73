using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using Multiproc.Processes;

namespace Multiproc.Cluster.Pools;

/// <summary>The program that this process belongs to: of a child, that of its parent.</summary>
internal static class OwnProgram
{
    private static readonly Lazy<ProgramIdentity> s_identity = new(Read);
    private static readonly Lazy<ProgramIdentity> s_withFiles = new(static () => s_identity.Value with { Files = ReadFiles() });

    /// <summary>What may be sent to a node: code, and what the runtime needs to run it. Never settings or data, which may be secret.</summary>
    private static readonly string[] s_kinds = [".dll", ".so", ".deps.json", ".runtimeconfig.json"];

    /// <summary>The program, without its files.</summary>
    public static ProgramIdentity Identity => s_identity.Value;

    /// <summary>The program with its files; reading them takes some time, once.</summary>
    public static ProgramIdentity WithFiles => s_withFiles.Value;

    /// <summary>The folder of its files.</summary>
    public static string Folder { get; } = AppContext.BaseDirectory;

    public static bool MayBeSent(string path) => s_kinds.Any(each => path.EndsWith(each, StringComparison.OrdinalIgnoreCase));

    private static ProgramIdentity Read()
    {
        string name = FrozenApp.IsSingleFile
            ? System.Reflection.Assembly.GetEntryAssembly()!.GetName().Name!
            : Path.GetFileName(HostCommand.Current.DepsFile)[..^".deps.json".Length];
        var found = new Dictionary<string, Guid>(StringComparer.Ordinal);
        if (FrozenApp.IsSingleFile)
        {
            // There are no files: what is in the executable has the ids of its main assembly.
            found.Add(name, System.Reflection.Assembly.GetEntryAssembly()!.ManifestModule.ModuleVersionId);
        }
        else
        {
            Follow(name, found);
        }

        return new ProgramIdentity(name, Environment.Version.ToString(), found, []);
    }

    /// <summary>Adds an assembly and those that it refers to, as far as they are in the program's folder: the others are of the runtime.</summary>
    private static void Follow(string root, Dictionary<string, Guid> found)
    {
        var open = new Stack<string>([root]);
        while (open.TryPop(out string? name))
        {
            string path = Path.Combine(Folder, $"{name}.dll");
            if (found.ContainsKey(name) || !File.Exists(path))
            {
                continue;
            }

            using var file = new PEReader(File.OpenRead(path));
            if (!file.HasMetadata)
            {
                continue;
            }

            var metadata = file.GetMetadataReader();
            found.Add(name, metadata.GetGuid(metadata.GetModuleDefinition().Mvid));
            foreach (var reference in metadata.AssemblyReferences)
            {
                open.Push(metadata.GetString(metadata.GetAssemblyReference(reference).Name));
            }
        }
    }

    private static ProgramFile[] ReadFiles() =>
    [
        .. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Where(MayBeSent)
            .Select(static path =>
            {
                using var stream = File.OpenRead(path);
                return new ProgramFile(
                    Path.GetRelativePath(Folder, path).Replace(Path.DirectorySeparatorChar, '/'), stream.Length, Convert.ToHexString(SHA256.HashData(stream)));
            })
            .OrderBy(static each => each.Path, StringComparer.Ordinal),
    ];
}
