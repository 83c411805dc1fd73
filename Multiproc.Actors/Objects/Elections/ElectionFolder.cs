using System.Security.Cryptography;
using System.Text;
using Multiproc.SharedMemory;

namespace Multiproc.Objects.Elections;

/// <summary>
/// Where the files of elections are. All programs of a user must find the same folder, whatever their environment says, and it must outlive sessions; so it is
/// not the folder of sockets.
/// </summary>
internal static class ElectionFolder
{
    private static string Root => OperatingSystem.IsWindows()
        ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "multiproc")
        : $"/var/tmp/multiproc-{RuntimeFolder.UserMark}";

    /// <summary>The file of a name. Names may have any characters and lengths; those of files may not.</summary>
    /// <exception cref="MultiprocException">The folder cannot be used, or is not private to this user.</exception>
    public static string FileOf(string name, string? folder)
    {
        string place = folder ?? PrivateFolder.Require(Path.Combine(PrivateFolder.Require(Root), "elections"));
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(name));
        return Path.Combine(PrivateFolder.Require(place), $"{Convert.ToHexStringLower(hash.AsSpan(0, 16))}.leader");
    }
}
