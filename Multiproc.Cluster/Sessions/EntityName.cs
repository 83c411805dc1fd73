using System.Security.Cryptography;
using System.Text;

namespace Multiproc.Cluster.Sessions;

/// <summary>The name of an object as entity of the sharding and as key of the journal, which has room for 255 characters.</summary>
internal static class EntityName
{
    private const int Longest = 200;
    private const int Kept = 100;

    /// <summary>The entity of an object: its name, escaped; with a hash in place of what is too long. The real name stands in the journal.</summary>
    public static string Of(string objectName)
    {
        string escaped = Uri.EscapeDataString(objectName);
        return escaped.Length <= Longest ? escaped : $"{escaped[..Kept]}~{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(objectName)))}";
    }

    public static string Persistent(string entity) => $"multiproc-{entity}";
}
