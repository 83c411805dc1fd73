using System.Text;

namespace Multiproc.Serialization.Codecs;

/// <summary>Sends the built-in encodings of .NET, with their byte order marks and their handling of invalid input.</summary>
internal sealed class EncodingCodec : Codec
{
    public override void WriteObject(WriteContext context, object value)
    {
        var encoding = (Encoding)value;
        for (byte form = 0; form < 24; form++)
        {
            if (Make(form) is { } same && same.GetType() == encoding.GetType() && same.Equals(encoding) && same.Preamble.SequenceEqual(encoding.Preamble))
            {
                context.Writer.Byte(form);
                return;
            }
        }

        throw new UnsendableException($"is the encoding {encoding.WebName} with fallbacks of its own, or not built into .NET: send its name");
    }

    public override object ReadObject(ReadContext context, ref WireReader reader, int id)
    {
        byte form = reader.Byte();
        return Make(form) ?? throw new SerializationException($"Malformed value: {form} is not an encoding.");
    }

    /// <summary>The low bits mean: big-endian, byte order mark, throw on invalid input.</summary>
    private static Encoding? Make(byte form)
    {
        bool bigEndian = (form & 1) != 0;
        bool mark = (form & 2) != 0;
        bool throws = (form & 4) != 0;
        return (form >> 3) switch
        {
            0 when form == 1 => Encoding.ASCII,
            0 when form == 3 => Encoding.Latin1,
            0 when form == 5 => Encoding.UTF8,
            0 when form == 7 => new ASCIIEncoding(),
            0 when !bigEndian => new UTF8Encoding(mark, throws),
            1 => new UnicodeEncoding(bigEndian, mark, throws),
            2 => new UTF32Encoding(bigEndian, mark, throws),
            _ => null,
        };
    }
}
