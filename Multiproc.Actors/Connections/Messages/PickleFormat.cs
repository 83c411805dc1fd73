using Multiproc.Serialization;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Connections;

/// <summary>Objects as Python pickles them: protocol 4 is written, 0 to 5 are read.</summary>
internal sealed class PickleFormat : IObjectFormat
{
    public static readonly PickleFormat Instance = new();

    public void Write<T>(WireWriter writer, T value) => PickleWriter.Write(writer, value);

    public T Read<T>(ReadOnlySpan<byte> message) => PickleConversion.To<T>(PickleReader.Read(message));
}
