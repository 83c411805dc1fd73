using System.Text;

namespace Multiproc.Tests.Serialization.Pickle;

/// <summary>Pickles written by hand: text where each character is a byte.</summary>
internal static class Assembled
{
    public static byte[] Bytes(string latin1) => Encoding.Latin1.GetBytes(latin1);

    public static object? Read(string latin1) => Multiproc.Serialization.Pickle.PickleReader.Read(Bytes(latin1));

    public static string Refusal(string latin1) => Should.Throw<SerializationException>(() => Read(latin1)).Message;
}
