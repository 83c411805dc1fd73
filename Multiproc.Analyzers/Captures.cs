using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Multiproc.Analyzers;

/// <summary>What a function takes with it from where it stands.</summary>
internal static class Captures
{
    /// <summary>
    /// References, in other functions, to variables that go along: the compiler keeps the captured variables of a block in one object, whichever function
    /// captures which of them.
    /// </summary>
    public static IEnumerable<IOperation> GoingAlong(IOperation function)
    {
        var own = new HashSet<ISymbol>(Of(function).Select(Variable).OfType<ISymbol>(), SymbolEqualityComparer.Default);
        if (own.Count == 0)
        {
            yield break;
        }

        var scopes = new HashSet<SyntaxNode>(own.Select(Scope).OfType<SyntaxNode>());
        foreach (var other in function.Root().DescendantsAndSelf().OfType<IAnonymousFunctionOperation>().Where(each => each.Syntax != function.Syntax))
        {
            foreach (var capture in Of(other))
            {
                if (Variable(capture) is { } variable && !own.Contains(variable) && Scope(variable) is { } scope && scopes.Contains(scope))
                {
                    own.Add(variable);
                    yield return capture;
                }
            }
        }
    }

    public static ISymbol? Variable(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => null,
    };

    /// <summary>The block that a variable belongs to; for a parameter the body of its member.</summary>
    private static SyntaxNode? Scope(ISymbol variable)
    {
        var declaration = variable.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax();
        return variable is IParameterSymbol
            ? declaration?.Ancestors().OfType<BaseMethodDeclarationSyntax>().FirstOrDefault()?.Body
            : declaration?.Ancestors().FirstOrDefault(static each => each is BlockSyntax or ForStatementSyntax or CommonForEachStatementSyntax
                or UsingStatementSyntax or SwitchSectionSyntax or CompilationUnitSyntax);
    }

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
