using System.Collections;
using System.Runtime.CompilerServices;

namespace Multiproc.Serialization.Codecs;

/// <summary>
/// What a compiler made of a method with <c>yield</c> or <c>await</c>: its fields are half of it, the other half is where it has got to in code that would
/// then run in the receiver. Refused, as Python refuses generators.
/// </summary>
internal static class Iterators
{
    public static string? FaultOf(Type type)
    {
        string name = type.Name;
        bool isCompilerMade = name.StartsWith('<') || name.StartsWith("VB$StateMachine", StringComparison.Ordinal) || name.Contains('@');
        if (isCompilerMade && typeof(IAsyncStateMachine).IsAssignableFrom(type) && !IsAsyncStream(type))
        {
            return $"is the state of {MethodOf(type)}, which awaits something: send its result when it is there";
        }

        if (isCompilerMade && IsAsyncStream(type))
        {
            return $"is the async iterator {MethodOf(type)}, whose code would run in the receiver: send its items, with ToArrayAsync() or ToListAsync()";
        }

        // F# makes classes of its sequences, and of what Seq gives; a list, map or set has a codec of its own.
        bool isSequence = typeof(IEnumerator).IsAssignableFrom(type) || IsFSharp(type);
        return isCompilerMade && isSequence && typeof(IEnumerable).IsAssignableFrom(type) || (isCompilerMade && typeof(IEnumerator).IsAssignableFrom(type))
            ? $"is the iterator {MethodOf(type)}, whose code would run in the receiver: send its items, with {(name.Contains('@') ? "Seq.toArray or Seq.toList" : "ToArray() or ToList()")}"
            : null;
    }

    private static bool IsFSharp(Type type) => type.Name.Contains('@') && type.Assembly.FullName!.StartsWith("FSharp.Core,", StringComparison.Ordinal);

    private static bool IsAsyncStream(Type type) =>
        Array.Exists(type.GetInterfaces(), static each => each.IsGenericType && (each.GetGenericTypeDefinition() == typeof(IAsyncEnumerator<>) || each.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>)));

    /// <summary>"Program.Numbers" of "&lt;Numbers&gt;d__0".</summary>
    private static string MethodOf(Type type)
    {
        string name = type.Name;
        int end = name.IndexOf('>', StringComparison.Ordinal);
        string method = end > 1 ? name[1..end].Trim('<', '>', '$') : name.Split('@')[0];
        return type.DeclaringType is { } owner ? $"{TypeNames.Of(owner)}.{method}" : method;
    }
}
