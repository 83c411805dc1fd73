using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Multiproc.Analyzers;

/// <summary>MP001: <c>d["x"].Add(2)</c> changes a copy that nobody keeps.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ChangedCopyAnalyzer : DiagnosticAnalyzer
{
    private static readonly string[] s_containers = ["DictionaryProxy", "ListProxy", "ArrayProxy", "ValueProxy", "NamespaceProxy"];

    private static readonly ImmutableHashSet<string> s_getters = ImmutableHashSet.Create(
        "Get", "GetAsync", "GetValue", "GetValueAsync", "GetValueOrDefault", "GetValueOrDefaultAsync");

    private static readonly ImmutableHashSet<string> s_changes = ImmutableHashSet.Create(
        "Add", "AddFirst", "AddLast", "AddRange", "Append", "AppendLine", "Clear", "Dequeue", "Enqueue", "ExceptWith", "Insert", "InsertRange", "IntersectWith",
        "Pop", "Push", "Remove", "RemoveAll", "RemoveAt", "RemoveFirst", "RemoveLast", "RemoveRange", "Reverse", "SetValue", "Sort", "SymmetricExceptWith",
        "TryAdd", "TryDequeue", "TryPop", "TryRemove", "UnionWith");

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Rules.ChangedCopy);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterOperationAction(OnCall, OperationKind.Invocation);
        context.RegisterOperationAction(
            OnWrite, OperationKind.SimpleAssignment, OperationKind.CompoundAssignment, OperationKind.CoalesceAssignment, OperationKind.Increment,
            OperationKind.Decrement);
    }

    private static void OnCall(OperationAnalysisContext context)
    {
        var call = (IInvocationOperation)context.Operation;
        if (s_changes.Contains(call.TargetMethod.Name) && IsMutableOfDotNet(call.TargetMethod.ContainingType) && call.Instance.Resolved() is { } from)
        {
            Report(context, from);
        }
    }

    private static void OnWrite(OperationAnalysisContext context)
    {
        var instance = context.Operation.Target() switch
        {
            IMemberReferenceOperation { Instance: { Type.IsReferenceType: true } owner } => owner.Resolved(),
            IArrayElementReferenceOperation element => element.ArrayReference.Resolved(),
            _ => null,
        };
        if (instance is not null)
        {
            Report(context, instance);
        }
    }

    private static void Report(OperationAnalysisContext context, IOperation from)
    {
        if (IsCopy(from is IAwaitOperation wait ? wait.Operation.Bare() : from) && !Library.IsA(from.Type, "SharedObject"))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.ChangedCopy, context.Operation.Syntax.GetLocation(), from.Syntax.ToString()));
        }
    }

    private static bool IsCopy(IOperation from) => from switch
    {
        IPropertyReferenceOperation property => IsOfContainer(property.Property) && (property.Property.IsIndexer || property.Property.Name == "Value"),
        IInvocationOperation call => IsOfContainer(call.TargetMethod) && s_getters.Contains(call.TargetMethod.Name),
        _ => false,
    };

    private static bool IsOfContainer(ISymbol member) => Library.Is(member.ContainingType, s_containers);

    private static bool IsMutableOfDotNet(INamedTypeSymbol type)
    {
        string space = type.ContainingNamespace.ToDisplayString();
        return (space.StartsWith("System.Collections", StringComparison.Ordinal) && !space.EndsWith("Immutable", StringComparison.Ordinal)
            && !space.EndsWith("Frozen", StringComparison.Ordinal)) || (space == "System.Text" && type.Name == "StringBuilder");
    }
}
