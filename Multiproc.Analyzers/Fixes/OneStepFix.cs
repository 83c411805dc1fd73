using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Multiproc.Analyzers.Fixes;

/// <summary>MP002: <c>v.Value++</c> becomes <c>v.Increment()</c>, <c>v.Value += n</c> becomes <c>v.Add(n)</c>, where that means the same.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class OneStepFix : CodeFixProvider
{
    private const string Title = "Change it in one step";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = ImmutableArray.Create("MP002");

    /// <inheritdoc/>
    public override FixAllProvider? GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var model = await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false);
        var update = root?.FindNode(context.Span, getInnermostNodeForTie: true) as ExpressionSyntax;

        // Where the value of the expression is used, old and new value would have to be told apart.
        if (update is { Parent: ExpressionStatementSyntax } && model is not null && Fixed(update, model) is { } better)
        {
            context.RegisterCodeFix(
                CodeAction.Create(
                    Title, _ => Task.FromResult(context.Document.WithSyntaxRoot(root!.ReplaceNode(update, better.WithTriviaFrom(update)))), Title),
                context.Diagnostics);
        }
    }

    private static ExpressionSyntax? Fixed(ExpressionSyntax update, SemanticModel model)
    {
        var (target, amount) = update switch
        {
            PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostIncrementExpression } step => (step.Operand, "1"),
            PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PostDecrementExpression } step => (step.Operand, "-1"),
            PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression } step => (step.Operand, "1"),
            PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreDecrementExpression } step => (step.Operand, "-1"),
            AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.AddAssignmentExpression } sum => (sum.Left, sum.Right.WithoutTrivia().ToString()),
            AssignmentExpressionSyntax { RawKind: (int)SyntaxKind.SubtractAssignmentExpression } sum => (sum.Left, $"-({sum.Right.WithoutTrivia()})"),
            _ => default,
        };
        if (target is null || amount is null
            || model.GetSymbolInfo(target).Symbol is not IPropertySymbol { ContainingType: var type, Type: var number } property
            || !Fits(number.SpecialType, isNegative: amount[0] == '-') || Owner(target) is not { } owner)
        {
            return null;
        }

        bool isWhole = number.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int64;
        string? call = type.Name switch
        {
            "SharedValue" => amount == "1" ? "Increment()" : $"Add({amount})",
            "SharedArray" when Index(target, model, SpecialType.System_Int32) is { } index =>
                amount == "1" ? $"Increment({index})" : $"Add({index}, {amount})",
            "ValueProxy" when isWhole => amount == "1" ? "Increment()" : $"Increment({amount})",
            "DictionaryProxy" when isWhole && Index(target, model, null) is { } key => amount == "1" ? $"Increment({key})" : $"Increment({key}, {amount})",
            _ => null,
        };
        return call is null || !Library.IsOurs(property) ? null : SyntaxFactory.ParseExpression($"{owner}.{call}");
    }

    /// <summary>Numbers that have one-step changes; a sign needs one that has it.</summary>
    private static bool Fits(SpecialType type, bool isNegative) => type switch
    {
        SpecialType.System_Int32 or SpecialType.System_Int64 or SpecialType.System_Single or SpecialType.System_Double => true,
        SpecialType.System_UInt32 or SpecialType.System_UInt64 => !isNegative,
        _ => false,
    };

    private static string? Owner(ExpressionSyntax target) => target switch
    {
        MemberAccessExpressionSyntax member => member.Expression.ToString(),
        ElementAccessExpressionSyntax element => element.Expression.ToString(),
        _ => null,
    };

    private static string? Index(ExpressionSyntax target, SemanticModel model, SpecialType? required) =>
        target is ElementAccessExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments }
            && (required is null || model.GetTypeInfo(arguments[0].Expression).Type?.SpecialType == required) ? arguments[0].Expression.ToString() : null;
}
