using System.Collections;

namespace Multiproc.Serialization.Pickle;

/// <summary>Explains why a value cannot be pickled, and what to send instead.</summary>
internal static class PickleRefusals
{
    public static string Reason(object value) => value switch
    {
        Enum => $"is the enum {TypeNames.Of(value.GetType())}: send its number or its name",
        decimal => "is a decimal: send a double or a text",
        Guid => "is a Guid: send its text or its bytes",
        Delegate => "is a delegate, and functions do not travel in pickles",
        Array => "is an array of more than one dimension: send an array of arrays",
        Type => "is a type, and types do not travel in pickles",
        IEnumerable => $"is a {TypeNames.Of(value.GetType())}: send it as a list (ToList) or an array",
        _ => $"is a {TypeNames.Of(value.GetType())}, which has no plain counterpart in Python: send its parts as a tuple or a dictionary",
    };
}
