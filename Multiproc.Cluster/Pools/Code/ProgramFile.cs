using Multiproc.Serialization;

namespace Multiproc.Cluster.Pools;

/// <summary>A file of a program: its path below the program's folder with slashes, its size and its SHA-256.</summary>
internal sealed record ProgramFile(string Path, long Size, string Hash)
{
    public const int HashBytes = 32;

    public void WriteTo(WireWriter writer)
    {
        writer.String(Path);
        writer.VarUInt((ulong)Size);
        writer.Raw(Convert.FromHexString(Hash));
    }

    public static ProgramFile ReadFrom(ref WireReader reader) => new(reader.String(), (long)reader.VarUInt(), Convert.ToHexString(reader.Raw(HashBytes)));
}
