using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Multiproc.Analyzers;

/// <summary>Walks over operations.</summary>
internal static class Operations
{
    /// <summary>Takes conversions and parentheses away, which do not change what is meant.</summary>
    public static IOperation Bare(this IOperation operation)
    {
        while (true)
        {
            switch (operation)
            {
                case IConversionOperation conversion:
                    operation = conversion.Operand;
                    break;
                case IParenthesizedOperation parenthesized:
                    operation = parenthesized.Operand;
                    break;
                default:
                    return operation;
            }
        }
    }

    /// <summary>The object that a member is asked of; for <c>a?.b</c> that is <c>a</c>.</summary>
    public static IOperation? Resolved(this IOperation? instance)
    {
        if (instance?.Bare() is not IConditionalAccessInstanceOperation placeholder)
        {
            return instance?.Bare();
        }

        for (IOperation below = placeholder; below.Parent is { } each; below = each)
        {
            if (each is IConditionalAccessOperation access && access.WhenNotNull == below)
            {
                return access.Operation.Bare();
            }
        }

        return null;
    }

    /// <summary>The function that an argument is: an anonymous one, or a reference to a method; null for anything else, as a variable.</summary>
    public static IOperation? Function(IOperation value) => value.Bare() switch
    {
        IDelegateCreationOperation creation => Function(creation.Target),
        IAnonymousFunctionOperation or IMethodReferenceOperation => value.Bare(),
        _ => null,
    };

    /// <summary>The body of the member that an operation stands in, lambdas included.</summary>
    public static IOperation Root(this IOperation operation)
    {
        while (operation.Parent is { } parent)
        {
            operation = parent;
        }

        return operation;
    }

    /// <summary>What an operation writes to; null if it writes to nothing.</summary>
    public static IOperation? Target(this IOperation operation) => operation switch
    {
        IAssignmentOperation assignment => assignment.Target.Bare(),
        IIncrementOrDecrementOperation step => step.Target.Bare(),
        _ => null,
    };
}
