using System.Text;
using Multiproc.Processes.Linux;

namespace Multiproc.Processes;

/// <summary>
/// Gives a child its name in the eyes of the system: tools such as ps and top show it, and file names of dumps have it. By default all children are called
/// dotnet. Linux only.
/// </summary>
internal static unsafe class NativeName
{
    /// <summary>The kernel's limit.</summary>
    private const int MostBytes = 15;

    /// <summary>How much of the end is kept of a name that is too long: its number tells it from others.</summary>
    private const int EndBytes = 5;

    private const byte Cut = (byte)'~';

    /// <summary>Names the process; called by its first thread.</summary>
    public static void Set(string name)
    {
        if (OperatingSystem.IsLinux() && name.Length > 0)
        {
            byte* text = stackalloc byte[MostBytes + 1];
            var target = new Span<byte>(text, MostBytes + 1);
            target.Clear();
            Shorten(name, target[..MostBytes]);
            _ = LibC.prctl(LibC.PrSetName, (nuint)text);
        }
    }

    /// <summary>Writes a name that is fit for a file name and has at most as many bytes as there is room.</summary>
    /// <returns>The number of bytes.</returns>
    public static int Shorten(string name, Span<byte> target)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        foreach (ref byte each in bytes.AsSpan())
        {
            if (each is < (byte)' ' or (byte)'/' or 127)
            {
                each = (byte)'_';
            }
        }

        if (bytes.Length <= target.Length)
        {
            bytes.CopyTo(target);
            return bytes.Length;
        }

        // Whole characters alone: the bytes after the first of a character begin with the bits 10.
        int head = target.Length - EndBytes - 1;
        while (head > 0 && IsInside(bytes[head]))
        {
            head--;
        }

        int tail = bytes.Length - EndBytes;
        while (tail < bytes.Length && IsInside(bytes[tail]))
        {
            tail++;
        }

        bytes.AsSpan(0, head).CopyTo(target);
        target[head] = Cut;
        bytes.AsSpan(tail).CopyTo(target[(head + 1)..]);
        return head + 1 + bytes.Length - tail;
    }

    private static bool IsInside(byte part) => (part & 0xC0) == 0x80;
}
