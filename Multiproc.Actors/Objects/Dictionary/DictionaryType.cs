using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Dictionaries;

/// <summary>The object type of dictionaries: how a node creates and reads them.</summary>
internal static class DictionaryType
{
    public static readonly ObjectType Instance = ObjectType.Define(new ObjectType(
        5, "dictionary", static (ref WireReader reader) => DictionaryCommand.ReadFrom(ref reader), CellBytes: 0,
        static (options, _) => new DictionaryState(options.Length > 0)) { KeepsValues = true });
}
