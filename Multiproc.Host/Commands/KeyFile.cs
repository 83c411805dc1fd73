namespace Multiproc.Host.Commands;

/// <summary>Files with keys and passwords, which command lines never have: those can be seen by every user.</summary>
internal static class KeyFile
{
    private const UnixFileMode OthersEyes = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <exception cref="IOException">The file cannot be read, or other users can read it.</exception>
    public static byte[] Read(string file)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(file) && (File.GetUnixFileMode(file) & OthersEyes) != UnixFileMode.None)
        {
            throw new IOException($"The key file {file} is accessible to other users: chmod 600 {file}");
        }

        byte[] bytes = File.ReadAllBytes(file);
        int length = bytes.AsSpan().TrimEnd("\r\n"u8).Length;
        return length > 0 ? bytes[..length] : throw new IOException($"The key file {file} is empty: write random bytes to it, such as from openssl rand -hex "
            + "32.");
    }
}
