using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Multiproc.Analyzers;

/// <summary>
/// MP006: a captured variable is changed, in a function that is sent (its own copy changes), or after a process was made with it (which copies at Start).
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ChangedCaptureAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.ChangedCapture);

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
            var captured = new HashSet<ISymbol>(Captures.Of(sent.Function).Select(Captures.Variable).OfType<ISymbol>(), SymbolEqualityComparer.Default);
            if (captured.Count == 0)
            {
                continue;
            }

            var span = sent.Function.Syntax.Span;
            foreach (var write in context.Operation.Root().DescendantsAndSelf())
            {
                if (write.Target() is not { } target || Captures.Variable(target) is not { } variable || !captured.Contains(variable))
                {
                    continue;
                }

                if (span.Contains(write.Syntax.Span))
                {
                    Report(context, write, $"The process that this function is sent to changes its own copy of {variable.Name}: return the value, or use a "
                        + "shared object");
                }
                else if (sent.Method.Name == "Process" && write.Syntax.SpanStart > span.End)
                {
                    Report(context, write, $"{variable.Name} was captured by a process: it has the value of the moment in which it is started, whatever comes "
                        + "after. Pass the value as an argument");
                }
            }
        }
    }

    private static void Report(OperationAnalysisContext context, IOperation write, string message) =>
        context.ReportDiagnostic(Diagnostic.Create(Rules.ChangedCapture, write.Syntax.GetLocation(), message));
}
