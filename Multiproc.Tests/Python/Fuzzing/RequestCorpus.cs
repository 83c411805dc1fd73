using System.Text;

namespace Multiproc.Tests.Python.Fuzzing;

/// <summary>Requests as CPython writes them, from the file that record.py made, for objects of one server.</summary>
internal sealed class RequestCorpus
{
    private readonly List<(string Kind, byte[] Bytes)> _all;

    /// <param name="idents">The idents of the objects, by what stands for them in the file.</param>
    public RequestCorpus(IReadOnlyDictionary<string, string> idents) => _all =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Python", "Fuzzing", "requests.txt")).Select(static line => line.Split(' '))
            .Select(parts => (parts[0], idents.Aggregate(Convert.FromHexString(parts[1]), static (bytes, each) => Replaced(bytes, each.Key, each.Value)))),
    ];

    public IReadOnlyList<byte[]> Of(string kind) => [.. _all.Where(each => each.Kind == kind).Select(static each => each.Bytes)];

    /// <summary>Replaces a text and the length before it, which a pickle has in one byte or in four.</summary>
    private static byte[] Replaced(byte[] pickle, string placeholder, string ident)
    {
        byte[] old = Encoding.UTF8.GetBytes(placeholder);
        byte[] text = Encoding.UTF8.GetBytes(ident);
        var bytes = pickle.ToList();
        for (int at = IndexOf(bytes, old, 0); at >= 0; at = IndexOf(bytes, old, at + text.Length))
        {
            bytes.RemoveRange(at, old.Length);
            bytes.InsertRange(at, text);
            int length = bytes[at - 1] == old.Length ? at - 1 : at - 4;
            if (length >= 0 && bytes[length] == old.Length)
            {
                bytes[length] = (byte)text.Length;
            }
        }

        return [.. bytes];
    }

    private static int IndexOf(List<byte> bytes, byte[] sought, int from)
    {
        int at = bytes.ToArray().AsSpan(Math.Min(from, bytes.Count)).IndexOf(sought);
        return at < 0 ? -1 : at + from;
    }
}
