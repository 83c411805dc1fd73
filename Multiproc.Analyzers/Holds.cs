using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Multiproc.Analyzers;

/// <summary>Whether an operation runs under a lock that other processes see. C#'s <c>lock</c> is none: it holds for threads of this process only.</summary>
internal static class Holds
{
    private static readonly string[] s_locks = ["SharedLockBase", "SharedSemaphoreBase", "SharedCondition", "SynchronizedObject"];

    /// <summary>Looks for a hold around the operation, and for a lock that was taken before it in the same member. In doubt the answer is yes.</summary>
    public static bool Any(IOperation operation) => operation.Root().DescendantsAndSelf().OfType<IInvocationOperation>()
        .Any(call => IsTaken(call.TargetMethod) && Covers(call, operation));

    private static bool IsTaken(IMethodSymbol method) =>
        method.Name is "Acquire" or "AcquireAsync" or "TryAcquire" or "Hold" or "HoldAsync" && Library.IsA(method.ContainingType, s_locks);

    private static bool Covers(IInvocationOperation call, IOperation operation)
    {
        int place = operation.Syntax.SpanStart;
        for (IOperation? each = call; each is not null; each = each.Parent)
        {
            switch (each)
            {
                case IUsingOperation scope when scope.Resources.Syntax.Span.Contains(call.Syntax.Span):
                    return scope.Body.Syntax.Span.Contains(operation.Syntax.Span);
                case IUsingDeclarationOperation declaration:
                    return declaration.Parent is { } block && block.Syntax.Span.Contains(operation.Syntax.Span) && call.Syntax.SpanStart < place;
                default:
                    break;
            }
        }

        return call.Syntax.SpanStart < place;
    }
}
