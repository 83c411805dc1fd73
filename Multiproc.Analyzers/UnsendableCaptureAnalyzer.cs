using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Multiproc.Analyzers;

/// <summary>MP003: a function that is sent captures something that cannot be: it would fail when it is sent.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnsendableCaptureAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.UnsendableCapture);

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
            if (sent.Function is IMethodReferenceOperation { Instance: { } instance } method)
            {
                Report(context, instance, method.Syntax, Name(instance));
                continue;
            }

            var told = new HashSet<string>(StringComparer.Ordinal);
            foreach (var capture in Captures.Of(sent.Function))
            {
                string name = Name(capture);
                if (told.Add(name))
                {
                    Report(context, capture, capture.Syntax, name);
                }
            }

            foreach (var along in Captures.GoingAlong(sent.Function))
            {
                if (along.Type is { } type && SendableTypes.Refusal(type) is { } refusal)
                {
                    context.ReportDiagnostic(Diagnostic.Create(
                        Rules.UnsendableCapture, sent.Function.Syntax.GetLocation(), Name(along),
                        $"{refusal.Reason}, and goes along, since another function of the same block captures it",
                        "make this function in a method of its own, which has only what it needs"));
                }
            }
        }
    }

    private static void Report(OperationAnalysisContext context, IOperation capture, SyntaxNode place, string name)
    {
        if (capture.Type is not { } type)
        {
            return;
        }

        // A pool's own lambda that names its pool is told by the same rule: a ProcessPool cannot be sent.
        if (SendableTypes.Refusal(type) is { } refusal)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.UnsendableCapture, place.GetLocation(), name, refusal.Reason, refusal.Advice));
        }
        else if (SendableTypes.FieldRefused(type) is var (field, inside))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rules.UnsendableCapture, place.GetLocation(), name, $"has the field {field}, which {inside.Reason}",
                "copy what the function needs into a local variable, or make the function static"));
        }
    }

    private static string Name(IOperation capture) => capture is IInstanceReferenceOperation ? "this" : capture.Syntax.ToString();
}
