using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Multiproc.Analyzers.Fixes;

/// <summary>MP004: <c>gate.Hold();</c> becomes <c>using var hold = gate.Hold();</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class UsingHoldFix : CodeFixProvider
{
    private const string Title = "Dispose of it at the end of the block";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MP004");

    /// <inheritdoc/>
    public override FixAllProvider? GetFixAllProvider() => null;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var statement = root?.FindNode(context.Span).FirstAncestorOrSelf<StatementSyntax>();

        // Only in a block: the body of an if has no room for a declaration.
        if (statement is { Parent: BlockSyntax or GlobalStatementSyntax } && Fixed(statement, await context.Document.GetSemanticModelAsync(
            context.CancellationToken).ConfigureAwait(false)) is { } better)
        {
            context.RegisterCodeFix(
                CodeAction.Create(Title, _ => Task.FromResult(context.Document.WithSyntaxRoot(root!.ReplaceNode(statement, better))), Title),
                context.Diagnostics);
        }
    }

    private static StatementSyntax? Fixed(StatementSyntax statement, SemanticModel? model)
    {
        switch (statement)
        {
            case LocalDeclarationStatementSyntax { Declaration.Variables: { Count: 1 } variables } local:
                return Using(local.WithoutLeadingTrivia(), variables[0].Initializer?.Value).WithLeadingTrivia(local.GetLeadingTrivia());
            case ExpressionStatementSyntax { Expression: var expression }:
                var value = expression is AssignmentExpressionSyntax discarded ? discarded.Right : expression;
                var declaration = SyntaxFactory.LocalDeclarationStatement(SyntaxFactory.VariableDeclaration(
                    SyntaxFactory.IdentifierName("var").WithTrailingTrivia(SyntaxFactory.Space),
                    SyntaxFactory.SingletonSeparatedList(SyntaxFactory.VariableDeclarator(Free("hold", statement, model)).WithInitializer(
                        SyntaxFactory.EqualsValueClause(
                            SyntaxFactory.Token(SyntaxKind.EqualsToken).WithLeadingTrivia(SyntaxFactory.Space).WithTrailingTrivia(SyntaxFactory.Space),
                            value.WithoutTrivia())))));
                return Using(declaration, value).WithTriviaFrom(statement);
            default:
                return null;
        }
    }

    private static LocalDeclarationStatementSyntax Using(LocalDeclarationStatementSyntax declaration, ExpressionSyntax? value)
    {
        var better = declaration.WithUsingKeyword(SyntaxFactory.Token(SyntaxKind.UsingKeyword).WithTrailingTrivia(SyntaxFactory.Space));
        return value is AwaitExpressionSyntax
            ? better.WithAwaitKeyword(SyntaxFactory.Token(SyntaxKind.AwaitKeyword).WithTrailingTrivia(SyntaxFactory.Space))
            : better;
    }

    /// <summary>A name that nothing has there yet.</summary>
    private static string Free(string name, StatementSyntax statement, SemanticModel? model)
    {
        string free = name;
        for (int number = 2; model?.LookupSymbols(statement.SpanStart, name: free).Length > 0; number++)
        {
            free = $"{name}{number}";
        }

        return free;
    }
}
