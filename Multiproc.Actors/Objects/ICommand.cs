using Multiproc.Serialization;

namespace Multiproc.Objects;

/// <summary>What a caller asks of a shared object: a closed hierarchy of sealed records per object, each with a stable wire tag.</summary>
internal interface ICommand
{
    /// <summary>Writes the tag and the fields.</summary>
    void WriteTo(WireWriter writer);
}
