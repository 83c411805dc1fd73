using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Multiproc.Processes;
using Multiproc.Processes.Logging;

namespace Multiproc.Cluster.Pools;

/// <summary>
/// The programs that pools of other nodes have sent to this one, in a folder of this user alone: files by their hashes, and programs of them. A file that is
/// there is not sent again, whichever node sent it; its hash is checked when it comes.
/// </summary>
internal sealed class AcceptedPrograms(string folder)
{
    private const int MostFiles = 4096;
    private const long MostBytes = 2L << 30;
    private const int LongestPath = 260;

    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _folder = Path.GetFullPath(folder);

    private string Files => Path.Combine(_folder, "files");

    private string Programs => Path.Combine(_folder, "programs");

    public string PathOf(ProgramFile file) => Path.Combine(Files, file.Hash);

    /// <summary>Begins to take a program.</summary>
    /// <param name="program">The program, with its files.</param>
    /// <param name="caller">The node that sends it.</param>
    /// <exception cref="MultiprocException">What is to be sent is no program, or too large; or the folder is not private.</exception>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    public ProgramArrival Begin(ProgramIdentity program, string caller)
    {
        Require(program);
        if (HostCommand.Current.IsProgramItself)
        {
            throw new MultiprocException($"This node's program has no dotnet by which it could run {program.Name}, since it was published as a single file or "
                + "with its own runtime: run a node that accepts code by 'multiproc-host node --accept-code', or publish it with --self-contained false.");
        }

        foreach (string each in new[] { _folder, Files, Programs })
        {
            MakePrivate(each);
        }

        return new ProgramArrival(this, program, caller);
    }

    /// <summary>Puts a program together whose files are all there, unless that was done before.</summary>
    /// <returns>Its folder.</returns>
    public string Assemble(ProgramIdentity program, string caller, int arrived)
    {
        string path = Path.Combine(Programs, Name(program));
        if (Directory.Exists(path))
        {
            return path;
        }

        // In a folder of its own, and then moved: nobody starts half of a program.
        string making = $"{path}.{Guid.NewGuid():N}";
        MakePrivate(making);
        foreach (var file in program.Files)
        {
            string target = Path.Combine(making, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(PathOf(file), target);
        }

        try
        {
            Directory.Move(making, path);
        }
        catch (IOException) when (Directory.Exists(path))
        {
            // Another connection was faster with the same program.
            Directory.Delete(making, recursive: true);
        }

        ProcessLog.Current.Report(
            LogLevel.Warning, LogEvents.PoolOnNode,
            $"accepted code from {caller}: program {program.Name}, {program.Files.Count} files with "
            + $"{program.Files.Sum(static each => each.Size) / 1048576.0:0.0} MiB, of which {arrived} were new; it is in {path}, and workers of its "
            + "pools run it");
        return path;
    }

    private static string Name(ProgramIdentity program)
    {
        var text = new StringBuilder(program.Name).Append('\n');
        foreach (var file in program.Files)
        {
            text.Append(file.Path).Append('\n').Append(file.Hash).Append('\n');
        }

        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static void Require(ProgramIdentity program)
    {
        long bytes = 0;
        var paths = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in program.Files)
        {
            bytes += file.Size;
            bool isBelow = file.Path.Length is > 0 and <= LongestPath && !Path.IsPathRooted(file.Path)
                && file.Path.Split('/').All(static part => part.Length > 0 && part is not ("." or "..") && part.All(IsPlain));
            if (!isBelow || !OwnProgram.MayBeSent(file.Path) || !paths.Add(file.Path) || file.Size < 0 || bytes is < 0 or > MostBytes)
            {
                throw new MultiprocException($"'{file.Path}' with {file.Size} bytes is no file of a program that a node takes: it takes assemblies "
                    + $"and their settings, at most {MostFiles} with {MostBytes >> 20} MiB.");
            }
        }

        string[] needed = [$"{program.Name}.dll", $"{program.Name}.deps.json", $"{program.Name}.runtimeconfig.json", "Multiproc.Host.dll"];
        if (program.Files.Count > MostFiles || needed.FirstOrDefault(each => !paths.Contains(each)) is { } missing)
        {
            throw new MultiprocException($"{program.Name} has {program.Files.Count} files, of at most {MostFiles}, and must have {string.Join(", ", needed)}.");
        }
    }

    private static bool IsPlain(char letter) => letter is not ('\\' or ':') && !char.IsControl(letter);

    private static void MakePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, Private);
        if ((File.GetUnixFileMode(path) & ~Private) != UnixFileMode.None)
        {
            throw new MultiprocException($"{path} can be used by other users, and code that is run must not be: chmod 700 it, or choose another folder.");
        }
    }
}
