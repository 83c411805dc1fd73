using System.Security.Cryptography;

namespace Multiproc.Nodes;

/// <summary>
/// The authentication key of this process, and that of its program: random in the main process, handed to children over their inherited connection, never on a
/// command line or in the environment. The two are equal until the process is given a key of its own, with which it then authenticates to managers and
/// listeners; the nodes of one program keep using the program's key among themselves (decision 037).
/// </summary>
internal sealed class ProcessKey
{
    private static readonly ProcessKey s_current = new();

    private byte[]? _bytes;
    private byte[]? _program;

    private ProcessKey()
    {
    }

    public static ProcessKey Current => s_current;

    public ReadOnlyMemory<byte> Bytes => Volatile.Read(ref _bytes) is { } bytes ? bytes : Program;

    /// <summary>Whether this process has no key of its own.</summary>
    public bool IsOfProgram => Volatile.Read(ref _bytes) is null;

    /// <summary>The key that all processes of this program know, whatever keys of their own they are given.</summary>
    public ReadOnlyMemory<byte> Program
    {
        get
        {
            if (Volatile.Read(ref _program) is { } program)
            {
                return program;
            }

            byte[] fresh = RandomNumberGenerator.GetBytes(32);
            return Interlocked.CompareExchange(ref _program, fresh, null) ?? fresh;
        }
    }

    /// <summary>Takes over the keys from the parent. An empty program key means that both keys are equal.</summary>
    public void Inherit(ReadOnlySpan<byte> key, ReadOnlySpan<byte> program)
    {
        Volatile.Write(ref _program, program.IsEmpty ? key.ToArray() : program.ToArray());
        Volatile.Write(ref _bytes, program.IsEmpty ? null : key.ToArray());
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
