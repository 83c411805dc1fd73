using Multiproc.Serialization;

namespace Multiproc.Objects;

/// <summary>What a caller asks of a shared object: a closed hierarchy of sealed records per object, each with a stable wire tag.</summary>
internal interface ICommand
{
    /// <summary>Writes the tag and the fields.</summary>
    void WriteTo(WireWriter writer);

    /// <summary>Whether it may be carried out twice without harm: then it is repeated when a broken connection leaves its outcome open.</summary>
    bool IsIdempotent => false;
}
