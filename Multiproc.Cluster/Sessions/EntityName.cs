using System.Security.Cryptography;
using System.Text;

namespace Multiproc.Cluster.Sessions;

/// <summary>The name of an object as entity of the sharding and as key of the journal, which has room for 255 characters.</summary>
internal static class EntityName
{
    private const int Longest = 200;
    private const int Kept = 100;

    /// <summary>No escaped name has this character, so no short name can be taken for one with a hash.</summary>
    private const char BeforeHash = '!';
    private const string Prefix = "multiproc-";

    /// <summary>The entity of an object: its name, escaped; with a hash in place of what is too long. The real name stands in the journal.</summary>
    public static string Of(string objectName)
    {
        string escaped = Uri.EscapeDataString(objectName);
        return escaped.Length <= Longest
            ? escaped
            : $"{escaped[..Kept]}{BeforeHash}{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(objectName)))}";
    }

    public static string Persistent(string entity) => Prefix + entity;

    /// <summary>The entity that a key of the journal is of; null when it is of none.</summary>
    public static string? OfPersistent(string persistenceId) =>
        persistenceId.StartsWith(Prefix, StringComparison.Ordinal) ? persistenceId[Prefix.Length..] : null;

    /// <summary>Whether a name is text: half of a surrogate pair would become the same replacement character as any other half.</summary>
    public static bool IsText(string objectName)
    {
        for (int i = 0; i < objectName.Length; i++)
        {
            if (char.IsSurrogate(objectName[i]) && !char.IsSurrogatePair(objectName, i++))
            {
                return false;
            }
        }

        return true;
    }
}
