using System.Security.Cryptography;

namespace Multiproc.Objects;

/// <summary>
/// The authentication key of this process: random in the main process, handed to children over their inherited connection,
/// never on a command line or in the environment.
/// </summary>
internal sealed class ProcessKey
{
    private static readonly ProcessKey s_current = new();

    private byte[]? _bytes;

    private ProcessKey()
    {
    }

    public static ProcessKey Current => s_current;

    public ReadOnlyMemory<byte> Bytes
    {
        get
        {
            if (Volatile.Read(ref _bytes) is { } bytes)
            {
                return bytes;
            }

            byte[] fresh = RandomNumberGenerator.GetBytes(32);
            return Interlocked.CompareExchange(ref _bytes, fresh, null) ?? fresh;
        }
    }

    public void Set(ReadOnlySpan<byte> key)
    {
        if (key.IsEmpty)
        {
            throw new ArgumentException("An authentication key must not be empty.", nameof(key));
        }

        Volatile.Write(ref _bytes, key.ToArray());
    }
}
