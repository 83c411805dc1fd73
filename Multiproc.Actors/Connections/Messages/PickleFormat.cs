using Multiproc.Serialization;
using Multiproc.Serialization.Pickle;

namespace Multiproc.Connections;

/// <summary>Serializes objects as Python pickles: writes protocol 4, reads protocols 0 to 5.</summary>
internal sealed class PickleFormat : IObjectFormat
{
    public static readonly PickleFormat Instance = new();

    public void Write<T>(WireWriter writer, T value) => PickleWriter.Write(writer, value);

    public T Read<T>(ReadOnlySpan<byte> message) => PickleConversion.To<T>(PickleReader.Read(message));
}
