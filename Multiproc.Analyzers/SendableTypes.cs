using Microsoft.CodeAnalysis;

namespace Multiproc.Analyzers;

/// <summary>Which types the library's serializer refuses, of those that are captured by mistake. The list is shorter than the serializer's.</summary>
internal static class SendableTypes
{
    private const string Open = "open it in the function";
    private const string Wait = "wait for it first and capture its result";
    private const string Token = "let the function take a CancellationToken as its last parameter, and pass the token to the call as 'cancellation'";
    private const string Values = "capture the values that the function needs";

    /// <summary>By full name, without type parameters; derived types too.</summary>
    private static readonly Dictionary<string, (string Reason, string Advice)> s_refused = new(StringComparer.Ordinal)
    {
        ["System.IO.Stream"] = ("is a stream", Open),
        ["System.IO.TextReader"] = ("is a reader", Open),
        ["System.IO.TextWriter"] = ("is a writer", Open),
        ["System.Runtime.InteropServices.SafeHandle"] = ("is a handle of this process", Open),
        ["System.Net.Sockets.Socket"] = ("is a socket", Open),
        ["System.Net.Http.HttpMessageInvoker"] = ("is a client with connections", "make one in the function, or once in each worker by the pool's initializer"),
        ["System.Data.Common.DbConnection"] = ("is a connection", Open),
        ["System.Diagnostics.Process"] = ("is a process", "capture its id"),
        ["System.Threading.Thread"] = ("is a thread", Values),
        ["System.Threading.Timer"] = ("is a timer", "make one in the function"),
        ["System.Threading.Tasks.Task"] = ("is a task of this process", Wait),
        ["System.Threading.Tasks.ValueTask"] = ("is a task of this process", Wait),
        ["System.Threading.WaitHandle"] = ("is for threads of this process", "use Mp.Event() or another shared object"),
        ["System.Threading.SemaphoreSlim"] = ("is for threads of this process", "use Mp.Semaphore()"),
        ["System.Threading.Lock"] = ("is for threads of this process", "use Mp.Lock()"),
        ["System.Threading.ReaderWriterLockSlim"] = ("is for threads of this process", "use a shared lock"),
        ["System.Threading.CancellationTokenSource"] = ("is the source of a token of this process", Token),
        ["System.Threading.CancellationToken"] = ("is a token of this process", Token),
        ["System.Threading.ThreadLocal"] = ("belongs to threads of this process", Values),
        ["System.Threading.AsyncLocal"] = ("belongs to calls of this process", Values),
        ["System.Threading.Channels.Channel"] = ("is a channel of this process", "use Mp.Queue<T>() or Mp.Pipe()"),
        ["System.Reflection.Assembly"] = ("is an assembly", Values),
        ["System.Lazy"] = ("has a value that may not be there yet", Values),
        ["System.WeakReference"] = ("refers to an object of this process", Values),
    };

    public static (string Reason, string Advice)? Refusal(ITypeSymbol type)
    {
        if (type.TypeKind is TypeKind.Pointer or TypeKind.FunctionPointer)
        {
            return ("is an address of this process", Values);
        }

        if (type.IsRefLikeType)
        {
            return ("refers to memory of this process", "capture an array");
        }

        if (Library.Is(type, "AsyncResult", "PoolResults"))
        {
            return ("is a pending result", Wait);
        }

        if (Library.Is(type, "ProcessPool"))
        {
            return ("is a pool", "call the pool outside, or use a pool of a manager, which can be sent");
        }

        for (var each = type; each is not null; each = each.BaseType)
        {
            string name = $"{each.ContainingNamespace?.ToDisplayString()}.{each.Name}";
            if (name == "System.IO.MemoryStream")
            {
                return null;
            }

            if (s_refused.TryGetValue(name, out var found))
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>A field of a class or struct of the program that would be sent with it, and is refused.</summary>
    public static (string Field, (string Reason, string Advice) Refusal)? FieldRefused(ITypeSymbol type)
    {
        for (var each = type; each is { Locations: var places } && places.Any(static place => place.IsInSource); each = each.BaseType)
        {
            if (HasFormOfItsOwn(each))
            {
                return null;
            }

            foreach (var field in each.GetMembers().OfType<IFieldSymbol>().Where(static field => !field.IsStatic && !field.IsConst))
            {
                if (!IsNotSent(field) && Refusal(field.Type) is { } refusal)
                {
                    return (field.AssociatedSymbol?.Name ?? field.Name, refusal);
                }
            }
        }

        return null;
    }

    private static bool HasFormOfItsOwn(ITypeSymbol type) =>
        type.AllInterfaces.Any(static each => each.Name is "ISerializable" or "IObjectReference");

    private static bool IsNotSent(IFieldSymbol field) =>
        field.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "NonSerializedAttribute");
}
