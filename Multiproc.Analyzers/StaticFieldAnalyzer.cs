using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Multiproc.Analyzers;

/// <summary>MP005: a function that is sent writes to a static field, which each process has for itself.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StaticFieldAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.StaticField);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(OnCall, OperationKind.Invocation);
    }

    private static void OnCall(OperationAnalysisContext context)
    {
        foreach (var sent in SentFunctions.In((IInvocationOperation)context.Operation))
        {
            // These set up a worker: its tasks read the field in the same process.
            if (sent.Parameter.Name is "initializer" or "finalizer")
            {
                continue;
            }

            foreach (var write in Bodies(sent.Function, context).SelectMany(static body => body.DescendantsAndSelf()))
            {
                if (write.Target() is IMemberReferenceOperation { Member: { IsStatic: true } member } && IsOfTheProgram(member))
                {
                    var place = sent.Function is IAnonymousFunctionOperation ? write.Syntax : sent.Argument.Syntax;
                    context.ReportDiagnostic(Diagnostic.Create(Rules.StaticField, place.GetLocation(), member.Name));
                    break;
                }
            }
        }
    }

    private static IEnumerable<IOperation> Bodies(IOperation function, OperationAnalysisContext context)
    {
        if (function is IAnonymousFunctionOperation anonymous)
        {
            yield return anonymous.Body;
        }
        else if (function is IMethodReferenceOperation reference)
        {
            foreach (var declaration in reference.Method.DeclaringSyntaxReferences)
            {
#pragma warning disable RS1030 // The target of one call; looked at only where it is sent.
                var model = context.Compilation.GetSemanticModel(declaration.SyntaxTree);
#pragma warning restore RS1030
                if (model.GetOperation(declaration.GetSyntax(context.CancellationToken), context.CancellationToken) is { } body)
                {
                    yield return body;
                }
            }
        }
    }

    private static bool IsOfTheProgram(ISymbol member) =>
        member is IFieldSymbol or IPropertySymbol && member.Locations.Any(static place => place.IsInSource)
            && !member.GetAttributes().Any(static attribute => attribute.AttributeClass?.Name == "ThreadStaticAttribute");
}
