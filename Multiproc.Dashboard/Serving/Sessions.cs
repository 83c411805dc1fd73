using System.Security.Cryptography;
using System.Text;

namespace Multiproc.Dashboard.Serving;

/// <summary>The browsers that have shown the token, by the hash of a random number that each has in its cookie.</summary>
internal sealed class Sessions(TimeProvider time)
{
    /// <summary>More than a person has browsers; the oldest session ends for a new one.</summary>
    public const int Most = 64;

    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly Lock _gate = new();
    private readonly Queue<(byte[] Hash, long Opened)> _open = new();

    /// <returns>The number for the cookie.</returns>
    public string Open()
    {
        string id = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
        lock (_gate)
        {
            if (_open.Count == Most)
            {
                _open.Dequeue();
            }

            _open.Enqueue((Hash(id), time.GetTimestamp()));
        }

        return id;
    }

    /// <summary>Compares with all sessions, each in constant time.</summary>
    public bool IsOpen(string? id)
    {
        if (id is null)
        {
            return false;
        }

        byte[] hash = Hash(id);
        bool found = false;
        lock (_gate)
        {
            foreach (var session in _open)
            {
                found |= CryptographicOperations.FixedTimeEquals(session.Hash, hash) && time.GetElapsedTime(session.Opened) < Lifetime;
            }
        }

        return found;
    }

    private static byte[] Hash(string id) => SHA256.HashData(Encoding.UTF8.GetBytes(id));
}
