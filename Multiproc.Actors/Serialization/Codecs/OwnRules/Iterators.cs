using System.Collections;
using System.Runtime.CompilerServices;

namespace Multiproc.Serialization.Codecs;

/// <summary>
/// Rejects the state machines that compilers generate for methods with <c>yield</c> or <c>await</c>: their fields are only half of their state, the other half
/// is a position in code that would then continue in the receiver. Python rejects generators, too.
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

        // F# generates classes for its sequences and the results of Seq functions; lists, maps and sets have codecs.
        bool isSequence = typeof(IEnumerator).IsAssignableFrom(type) || IsFSharp(type);
        return isCompilerMade && isSequence && typeof(IEnumerable).IsAssignableFrom(type) || (isCompilerMade && typeof(IEnumerator).IsAssignableFrom(type))
            ? $"is the iterator {MethodOf(type)}, whose code would run in the receiver: send its items, with "
                + $"{(name.Contains('@') ? "Seq.toArray or Seq.toList" : "ToArray() or ToList()")}"
            : null;
    }

    private static bool IsFSharp(Type type) => type.Name.Contains('@') && type.Assembly.FullName!.StartsWith("FSharp.Core,", StringComparison.Ordinal);

    private static bool IsAsyncStream(Type type) =>
        Array.Exists(
            type.GetInterfaces(),
            static each =>
                each.IsGenericType
                    && (each.GetGenericTypeDefinition() == typeof(IAsyncEnumerator<>) || each.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>)));

    /// <summary>Returns "Program.Numbers" for "&lt;Numbers&gt;d__0".</summary>
    private static string MethodOf(Type type)
    {
        string name = type.Name;
        int end = name.IndexOf('>', StringComparison.Ordinal);
        string method = end > 1 ? name[1..end].Trim('<', '>', '$') : name.Split('@')[0];
        return type.DeclaringType is { } owner ? $"{TypeNames.Of(owner)}.{method}" : method;
    }
}
