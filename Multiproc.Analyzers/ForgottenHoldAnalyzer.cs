using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Multiproc.Analyzers;

/// <summary>MP004: what Hold or Lease returns is thrown away, so that the lock or the item never comes back.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ForgottenHoldAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.ForgottenHold);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(OnStatement, OperationKind.ExpressionStatement);
        context.RegisterOperationAction(OnVariable, OperationKind.VariableDeclarator);
    }

    /// <summary><c>gate.Hold();</c>, <c>_ = gate.Hold();</c> and their asynchronous forms.</summary>
    private static void OnStatement(OperationAnalysisContext context)
    {
        var value = ((IExpressionStatementOperation)context.Operation).Operation.Bare();
        if (value is ISimpleAssignmentOperation { Target: IDiscardOperation } discarded)
        {
            value = discarded.Value.Bare();
        }

        Report(context, value);
    }

    /// <summary><c>var hold = gate.Hold();</c> without a word of it afterwards.</summary>
    private static void OnVariable(OperationAnalysisContext context)
    {
        var declarator = (IVariableDeclaratorOperation)context.Operation;
        if (declarator.GetVariableInitializer()?.Value is not { } value || IsInUsing(declarator))
        {
            return;
        }

        var local = declarator.Symbol;
        if (!declarator.Root().DescendantsAndSelf().OfType<ILocalReferenceOperation>().Any(each => SymbolEqualityComparer.Default.Equals(each.Local, local)))
        {
            Report(context, value.Bare());
        }
    }

    private static bool IsInUsing(IOperation operation)
    {
        for (var each = operation.Parent; each is not null and not IBlockOperation; each = each.Parent)
        {
            if (each is IUsingDeclarationOperation or IUsingOperation)
            {
                return true;
            }
        }

        return false;
    }

    private static void Report(OperationAnalysisContext context, IOperation value)
    {
        var call = (value is IAwaitOperation wait ? wait.Operation.Bare() : value) as IInvocationOperation;
        if (call is not null && Library.IsOurs(call.TargetMethod) && Kept(Library.Awaited(call.Type)) is { } kept)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.ForgottenHold, context.Operation.Syntax.GetLocation(), kept, call.TargetMethod.Name));
        }
    }

    private static string? Kept(ITypeSymbol? type) =>
        Library.Is(type, "LockHold") ? "The lock" : Library.Is(type, "QueueLease") ? "The item" : null;
}
