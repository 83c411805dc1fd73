using System.Globalization;
using Microsoft.Diagnostics.NETCore.Client;
using Multiproc.Diagnostics.Targets;

namespace Multiproc.Diagnostics.Dumps;

/// <summary>How much of a process a dump has.</summary>
internal enum DumpContent
{
    /// <summary>All memory with the managed heap, but without the files that are mapped: what debuggers need for objects and stacks.</summary>
    Heap = 0,

    /// <summary>All memory.</summary>
    Full = 1,

    /// <summary>Stacks and what they need to be read.</summary>
    Mini = 2,
}

/// <summary>A dump that was written.</summary>
internal sealed record WrittenDump(int Pid, string Name, string Path, long Bytes);

/// <summary>Has the runtime of a process write a dump of it.</summary>
internal static class DumpWriter
{
    /// <summary>The name of a dump without a chosen one: that of the process, its number and the time.</summary>
    public static string FileName(TargetProcess target, DateTimeOffset now)
    {
        char[] name = [.. target.Name.Select(static each => char.IsLetterOrDigit(each) || each is '-' or '_' or '.' ? each : '_')];
        return $"{new string(name)}-{target.Pid}-{now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}.dmp";
    }

    /// <param name="target">The process.</param>
    /// <param name="output">A file, or a folder that is there; null for the working folder.</param>
    /// <param name="content">How much it is to have.</param>
    /// <param name="now">The time that the name of the file tells.</param>
    /// <exception cref="TargetException">The process has ended.</exception>
    /// <exception cref="IOException">The dump could not be written, or there is such a file.</exception>
    public static WrittenDump Write(TargetProcess target, string? output, DumpContent content, DateTimeOffset now)
    {
        string chosen = Path.GetFullPath(output ?? ".");
        string path = Directory.Exists(chosen) ? Path.Combine(chosen, FileName(target, now)) : chosen;
        Reserve(path);
        try
        {
            new DiagnosticsClient(target.Pid).WriteDump(TypeOf(content), path, WriteDumpFlags.None);
        }
        catch (Exception lost) when (lost is ServerNotAvailableException or EndOfStreamException)
        {
            File.Delete(path);
            throw new NoSuchProcessException(target.Pid, lost);
        }
        catch (DiagnosticsClientException refused)
        {
            File.Delete(path);
            throw new IOException(
                $"the runtime of {target.Pid} ({target.Name}) could not write {path}: {refused.Message.TrimEnd()} It needs the program createdump beside "
                    + "itself, which single-file programs have not, and the right to write there.", refused);
        }

        Protect(path);
        return new WrittenDump(target.Pid, target.Name, path, new FileInfo(path).Length);
    }

    private static DumpType TypeOf(DumpContent content) => content switch
    {
        DumpContent.Full => DumpType.Full,
        DumpContent.Mini => DumpType.Normal,
        _ => DumpType.WithHeap,
    };

    /// <summary>Makes the file before anything is in it, so that no other user can open it, and never in place of another one.</summary>
    private static void Reserve(string path)
    {
        using (new FileStream(path, FileMode.CreateNew))
        {
        }

        Protect(path);
    }

    /// <summary>A dump has all that the process knows, its keys included.</summary>
    private static void Protect(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
