using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Multiproc.Analyzers;

/// <summary>A function that a call sends to another process.</summary>
internal readonly struct SentFunction(IMethodSymbol method, IParameterSymbol parameter, IArgumentOperation argument, IOperation function)
{
    /// <summary>The method that sends it.</summary>
    public IMethodSymbol Method { get; } = method;

    public IParameterSymbol Parameter { get; } = parameter;

    public IArgumentOperation Argument { get; } = argument;

    /// <summary>An anonymous function, or a reference to a method.</summary>
    public IOperation Function { get; } = function;
}

/// <summary>Which arguments of which calls are sent.</summary>
internal static class SentFunctions
{
    private static readonly string[] s_pools = ["ProcessPool", "PoolProxy", "ServicePool"];

    /// <summary>Parameters of pools' calls whose functions run here.</summary>
    private static readonly string[] s_runHere = ["callback", "errorCallback", "combine", "progress"];

    public static IEnumerable<SentFunction> In(IInvocationOperation call)
    {
        var method = call.TargetMethod;
        if (!Library.IsOurs(method) || !Sends(method))
        {
            yield break;
        }

        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter is { Type.TypeKind: TypeKind.Delegate } parameter && Array.IndexOf(s_runHere, parameter.Name) < 0
                && Operations.Function(argument.Value) is { } function)
            {
                yield return new SentFunction(method, parameter, argument, function);
            }
        }
    }

    private static bool Sends(IMethodSymbol method) => method.ContainingType switch
    {
        var type when Library.Is(type, "Mp", "MultiprocContext") => method.Name is "Process" or "Pool" or "Barrier",
        var type when Library.Is(type, s_pools) => true,
        var type when Library.Is(type, "BaseManager", "SyncManager") => method.Name is "Start" or "StartAsync" or "Pool" or "Barrier",
        _ => false,
    };
}
