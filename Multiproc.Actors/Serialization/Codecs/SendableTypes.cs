using System.Reflection;

namespace Multiproc.Serialization.Codecs;

/// <summary>Decides which types may be sent as their fields.</summary>
internal static class SendableTypes
{
    private static readonly Type[] s_refused =
    [
        typeof(Stream), typeof(TextReader), typeof(TextWriter), typeof(System.Runtime.InteropServices.SafeHandle), typeof(Thread), typeof(Task),
        typeof(WaitHandle), typeof(CancellationTokenSource), typeof(Assembly), typeof(Module),
    ];

    /// <summary>Base types whose objects have a meaning in one process only.</summary>
    public static IReadOnlyList<Type> Refused => s_refused;

    /// <summary>Returns null if the type may be sent; otherwise the reason why not.</summary>
    public static string? FaultOf(Type type)
    {
        string name = TypeNames.Of(type);
        if (type == typeof(CancellationToken))
        {
            return $"is a {name}: let the target take a CancellationToken of its own, which is cancelled with the process";
        }

        if (type.IsPointer || type.IsByRefLike || type.IsCOMObject)
        {
            return $"is a {name}, which has a meaning in this process only";
        }

        if (typeof(INotSendable).IsAssignableFrom(type))
        {
            return $"is a {name}, which stays in the process that made it: send the shared objects that it gives, or its address";
        }

        foreach (var refused in s_refused)
        {
            if (refused.IsAssignableFrom(type))
            {
                return $"is a {name}{AdviceFor(refused)}";
            }
        }

        if (type.Assembly.IsDynamic)
        {
            return $"is a {name}, a type made at run time: the other process does not have it";
        }

        if (IsFramework(type))
        {
            return IsPlain(type) ? null : $"is a {name}, {AdviceForFramework(type)}";
        }

        if (HasFinalizer(type))
        {
            return $"is a {name}, which has a finalizer: it holds something of this process, and two copies of it would give that back twice. Send what it "
                + "takes to make another one";
        }

        return Iterators.FaultOf(type);
    }

    /// <summary>
    /// Whether the type has a finalizer. A deserialized object would be finalized, too, even if reading it failed halfway, or if a hostile sender named its
    /// type. The classes of lambdas, which most children are sent, are not checked: compilers give them no finalizer.
    /// </summary>
    private static bool HasFinalizer(Type type) =>
        type.IsClass && type.Name[0] != '<'
            && type.GetMethod("Finalize", BindingFlags.Instance | BindingFlags.NonPublic, Type.EmptyTypes)?.DeclaringType is { } declaring
            && !IsFramework(declaring);

    private static string AdviceForFramework(Type type) =>
        type.Namespace is "System.Linq" && typeof(System.Collections.IEnumerable).IsAssignableFrom(type)
            ? "a LINQ query, which is asked when it is read: send its items, with ToArray() or ToList()"
        : type.IsGenericType
        && Array.Exists(type.GetInterfaces(), static each => each.IsGenericType && each.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>))
        ? "whose items come one by one: send them, with ToArrayAsync() or ToListAsync()"
        : typeof(System.Collections.IEnumerable).IsAssignableFrom(type) ? "whose state is internal to .NET: send its items, with ToArray() or ToList()"
        : "whose state is internal to .NET: send the data in a record of your own, or make it in the other process";

    private static string AdviceFor(Type refused) => refused == typeof(Task)
        ? ": send its result when it is there (a function of a pool gives the result itself: wait for the task in it)"
        : "";

    /// <summary>Whether the field is marked not to be serialized.</summary>
#pragma warning disable SYSLIB0050 // The mark itself is what we read; looking for the attribute costs a child a millisecond.
    public static bool IsExcluded(FieldInfo field) => field.Attributes.HasFlag(FieldAttributes.NotSerialized);
#pragma warning restore SYSLIB0050

    public static bool IsFramework(Type type) => type.Assembly == typeof(object).Assembly || HasFrameworkName(type.Assembly.FullName);

    private static bool HasFrameworkName(string? assembly) =>
        assembly is not null
            && (
                assembly.StartsWith("System.", StringComparison.Ordinal) || assembly.StartsWith("Microsoft.", StringComparison.Ordinal)
                    || assembly.StartsWith("mscorlib,", StringComparison.Ordinal) || assembly.StartsWith("netstandard,", StringComparison.Ordinal));

    /// <summary>Types of .NET whose fields are their whole state.</summary>
    public static bool IsPlain(Type type)
    {
        if (type == typeof(object))
        {
            return true;
        }

        if (!type.IsGenericType)
        {
            return type == typeof(System.Collections.DictionaryEntry)
                || type.FullName is "System.Collections.CollectionBase" or "System.Collections.DictionaryBase" or "System.Collections.ReadOnlyCollectionBase"
                || type == typeof(ValueTuple) || (type.IsValueType && type.Namespace is "System.Numerics" or "System.Drawing");
        }

        string shape = type.GetGenericTypeDefinition().FullName!;
        return shape.StartsWith("System.Tuple`", StringComparison.Ordinal)
            || shape.StartsWith("System.ValueTuple`", StringComparison.Ordinal)
            || shape is "System.Collections.Generic.KeyValuePair`2" or "System.Collections.Immutable.ImmutableArray`1"
                or "System.Collections.ObjectModel.Collection`1" or "System.Collections.ObjectModel.ReadOnlyCollection`1"
                or "System.Collections.ObjectModel.ObservableCollection`1" or "System.Collections.ObjectModel.ReadOnlyDictionary`2"
                or "System.Collections.ObjectModel.ReadOnlySet`1";
    }
}
