using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Objects.Dictionaries;

/// <summary>How a home makes a dictionary.</summary>
internal static class DictionaryKind
{
    public static readonly ObjectKind Instance = ObjectKind.Define(new ObjectKind(
        5, "dictionary", static (ref WireReader reader) => DictionaryCommand.ReadFrom(ref reader), CellBytes: 0, static (options, _) => new DictionaryState(options.Length > 0)) { KeepsValues = true });
}
