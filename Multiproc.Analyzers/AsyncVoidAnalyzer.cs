using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Multiproc.Analyzers;

/// <summary>MP007: <c>async () => …</c> where the library wants an Action, which it refuses when the program runs.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AsyncVoidAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.AsyncVoid);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(OnCall, OperationKind.Invocation);
        context.RegisterOperationAction(OnAssignment, OperationKind.SimpleAssignment);
    }

    private static void OnCall(OperationAnalysisContext context)
    {
        var call = (IInvocationOperation)context.Operation;
        if (Library.IsOurs(call.TargetMethod))
        {
            foreach (var argument in call.Arguments)
            {
                Report(context, argument.Value, call.TargetMethod.Name);
            }
        }
    }

    /// <summary>Options, as <c>OnWorkerDeath = async death => …</c>.</summary>
    private static void OnAssignment(OperationAnalysisContext context)
    {
        var assignment = (ISimpleAssignmentOperation)context.Operation;
        if (assignment.Target.Bare() is IPropertyReferenceOperation { Property: { Type.TypeKind: TypeKind.Delegate } property } && Library.IsOurs(property))
        {
            Report(context, assignment.Value, property.Name);
        }
    }

    private static void Report(OperationAnalysisContext context, IOperation value, string to)
    {
        var method = Operations.Function(value) switch
        {
            IAnonymousFunctionOperation anonymous => anonymous.Symbol,
            IMethodReferenceOperation reference => reference.Method,
            _ => null,
        };
        if (method is { IsAsync: true, ReturnsVoid: true })
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.AsyncVoid, value.Syntax.GetLocation(), to));
        }
    }
}
