using System.Reflection;

namespace Multiproc.Tests.Specifications.Bounds;

/// <summary>A public method of the library that takes a token, a timeout, or both.</summary>
internal sealed record BoundedMethod(MethodInfo Definition)
{
    /// <summary>All there are, found by reflection: a new one is tested without being named here, or fails the tests until it can be called.</summary>
    public static IReadOnlyList<BoundedMethod> All { get; } =
    [
        .. new[] { typeof(Mp).Assembly, typeof(PoolProgressBar).Assembly }.SelectMany(static assembly => assembly.GetExportedTypes())
            .SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(static method => !method.IsSpecialName && method.GetParameters().Any(static each => IsToken(each) || IsTimeout(each)))
            .Select(static method => new BoundedMethod(method)),
    ];

    public bool HasToken => Definition.GetParameters().Any(IsToken);

    public bool HasTimeout => Definition.GetParameters().Any(IsTimeout);

    /// <summary>For test names and tables, for example "SharedQueueBase.Get(timeout, cancellation)".</summary>
    public string Key { get; } =
        $"{Definition.DeclaringType!.Name.Split('`')[0]}.{Definition.Name}({string.Join(", ", Definition.GetParameters().Select(static each => Shown(each)))})";

    /// <summary>Whether its subject is a process, or work in one, that a call does not change: one subject does for many calls.</summary>
    public bool LeavesItsSubject =>
        Definition.DeclaringType!.Name.Split('`')[0] is "ChildProcess" or "BaseManager" or "ProcessPool" or "PoolProxy" or "AsyncResult";

    public static bool IsToken(ParameterInfo parameter) => parameter.ParameterType == typeof(CancellationToken);

    public static bool IsTimeout(ParameterInfo parameter) =>
        parameter.ParameterType == typeof(TimeSpan?) || (parameter.ParameterType == typeof(TimeSpan) && parameter.Name == "timeout");

    /// <summary>With numbers for every type that is left open.</summary>
    public MethodInfo Closed()
    {
        var owner = Definition.DeclaringType!;
        var method = owner.IsGenericTypeDefinition
            ? (MethodInfo)MethodBase.GetMethodFromHandle(Definition.MethodHandle, Numbers(owner).TypeHandle)!
            : Definition;
        return method.IsGenericMethodDefinition ? method.MakeGenericMethod([.. method.GetGenericArguments().Select(static _ => typeof(int))]) : method;
    }

    public override string ToString() => Key;

    private static Type Numbers(Type type) => type.MakeGenericType([.. type.GetGenericArguments().Select(static _ => typeof(int))]);

    private static string Shown(ParameterInfo parameter) =>
        IsToken(parameter) || IsTimeout(parameter) ? parameter.Name! : Shown(parameter.ParameterType) + " " + parameter.Name;

    /// <summary>Functions with what they take and give, in which overloads differ.</summary>
    private static string Shown(Type type)
    {
        string name = type.Name.Split('`')[0];
        return typeof(Delegate).IsAssignableFrom(type) && type.IsGenericType
            ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(static each => each.Name.Split('`')[0]))}>"
            : name;
    }
}
