using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Multiproc.Analyzers;

/// <summary>What a function takes with it from where it stands.</summary>
internal static class Captures
{
    /// <summary>The references, inside of a function, to variables from outside of it and to <c>this</c>.</summary>
    public static IEnumerable<IOperation> Of(IOperation function)
    {
        if (function is not IAnonymousFunctionOperation anonymous)
        {
            yield break;
        }

        var span = anonymous.Syntax.Span;
        foreach (var each in anonymous.Body.Descendants())
        {
            switch (each)
            {
                case ILocalReferenceOperation { Local: { IsConst: false } local } when IsOutside(local):
                case IParameterReferenceOperation { Parameter: var parameter } when IsOutside(parameter):
                case IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance }:
                    yield return each;
                    break;
                default:
                    break;
            }
        }

        bool IsOutside(ISymbol symbol) => symbol.DeclaringSyntaxReferences.All(each =>
            each.SyntaxTree != anonymous.Syntax.SyntaxTree || !span.Contains(each.Span));
    }
}
