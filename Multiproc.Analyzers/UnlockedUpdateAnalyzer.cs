using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Multiproc.Analyzers;

/// <summary>MP002: <c>v.Value++</c> is a read and a write, and another process may write in between.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnlockedUpdateAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.UnlockedUpdate);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(
            OnUpdate, OperationKind.CompoundAssignment, OperationKind.CoalesceAssignment, OperationKind.Increment, OperationKind.Decrement);
        context.RegisterOperationAction(OnAssignment, OperationKind.SimpleAssignment);
    }

    private static void OnUpdate(OperationAnalysisContext context)
    {
        if (context.Operation.Target() is IPropertyReferenceOperation target)
        {
            Report(context, target);
        }
    }

    /// <summary><c>v.Value = v.Value + 1</c>.</summary>
    private static void OnAssignment(OperationAnalysisContext context)
    {
        var assignment = (ISimpleAssignmentOperation)context.Operation;
        if (assignment.Target.Bare() is IPropertyReferenceOperation target && AdviceFor(target.Property) is not null
            && assignment.Value.DescendantsAndSelf().OfType<IPropertyReferenceOperation>().Any(read => IsSame(read, target)))
        {
            Report(context, target);
        }
    }

    private static void Report(OperationAnalysisContext context, IPropertyReferenceOperation target)
    {
        if (AdviceFor(target.Property) is { } advice && !Holds.Any(context.Operation))
        {
            context.ReportDiagnostic(
                Diagnostic.Create(Rules.UnlockedUpdate, context.Operation.Syntax.GetLocation(), target.Syntax.ToString(), advice));
        }
    }

    private static bool IsSame(IPropertyReferenceOperation read, IPropertyReferenceOperation target) =>
        SymbolEqualityComparer.Default.Equals(read.Property, target.Property) && read.Syntax.ToString() == target.Syntax.ToString();

    /// <summary>What changes a property in one step; null if it is not one of a shared object.</summary>
    private static string? AdviceFor(IPropertySymbol property) => property.ContainingType switch
    {
        var type when !Library.IsOurs(type) => null,
        { Name: "SharedValue" } when property.Name == "Value" => "use Add, Increment or CompareExchange",
        { Name: "ValueProxy" } when property.Name == "Value" => "use Increment or Update",
        { Name: "SharedArray" } when property.IsIndexer => "use Add, Increment or CompareExchange",
        { Name: "DictionaryProxy" } when property.IsIndexer => "use Increment, Update or Transact",
        { Name: "ListProxy" or "ArrayProxy" } when property.IsIndexer => "use Update",
        { Name: "NamespaceProxy" } when property.IsIndexer => "keep such a value in a dictionary or a Value, which have Update",
        _ => null,
    };
}
