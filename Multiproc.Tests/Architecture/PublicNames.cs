using System.Reflection;

namespace Multiproc.Tests.Architecture;

/// <summary>The public names of an assembly, one a line. Also compiled into the tests of other packages.</summary>
internal static class PublicNames
{
    /// <summary>Compares the names with the approved ones, or approves them when <c>APPROVE_PUBLIC_API</c> is 1.</summary>
    public static void AreApproved(Assembly assembly, string approved)
    {
        string actual = string.Join('\n', Describe(assembly)) + "\n";
        if (Environment.GetEnvironmentVariable("APPROVE_PUBLIC_API") == "1")
        {
            File.WriteAllText(approved, actual);
        }

        var known = File.ReadAllLines(approved);
        var now = actual.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        known.Except(now).ShouldBeEmpty("names that were public are gone; when that is meant, run the tests once with APPROVE_PUBLIC_API=1");
        now.Except(known).ShouldBeEmpty("names are public that were not approved; when that is meant, run the tests once with APPROVE_PUBLIC_API=1");
    }

    private static IEnumerable<string> Describe(Assembly assembly)
    {
        // The compiler's own types have names that no user can write.
        var types = assembly.GetExportedTypes().Where(static type => !type.Name.StartsWith('<'));
        foreach (var type in types.OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            string bases = string.Join(", ", new[] { type.BaseType }.Concat(type.GetInterfaces().OrderBy(each => each.Name, StringComparer.Ordinal))
                .Where(each => each is { IsVisible: true } && each != typeof(object)).Select(each => Name(each!)));
            yield return $"{Name(type)}{(bases.Length == 0 ? "" : $" : {bases}")}";
            foreach (string member in type.GetMembers(
                BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Select(Member).OfType<string>().Order(StringComparer.Ordinal))
            {
                yield return $"{Name(type)}.{member}";
            }
        }
    }

    private static string? Member(MemberInfo member) => member switch
    {
        MethodBase { IsPublic: false, IsFamily: false, IsFamilyOrAssembly: false } => null,
        MethodInfo { IsSpecialName: true } method when !method.Name.StartsWith("op_", StringComparison.Ordinal) => null,
        MethodInfo method => $"{method.Name}{Generic(method)}({Parameters(method)}) -> {Name(method.ReturnType)}",
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        PropertyInfo property when Visible(property.GetMethod) || Visible(property.SetMethod) =>
            $"{property.Name} {{{(Visible(property.GetMethod) ? " get;" : "")}{(Visible(property.SetMethod) ? " set;" : "")} }} -> "
                + $"{Name(property.PropertyType)}",
        FieldInfo { IsPublic: true, IsSpecialName: false } field => $"{field.Name} -> {Name(field.FieldType)}",
        EventInfo @event when Visible(@event.AddMethod) => $"event {@event.Name} -> {Name(@event.EventHandlerType!)}",
        _ => null,
    };

    private static bool Visible(MethodInfo? accessor) => accessor is { IsPublic: true } or { IsFamily: true } or { IsFamilyOrAssembly: true };

    private static string Generic(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : "")}"));

    private static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return $"ref {Name(type.GetElementType()!)}";
        }

        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!)}[]";
        }

        if (type.IsGenericParameter || !type.IsGenericType)
        {
            return type.Namespace == "Multiproc" || type.IsGenericParameter ? type.Name : type.FullName ?? type.Name;
        }

        string open = type.Namespace == "Multiproc" ? type.Name : $"{type.Namespace}.{type.Name}";
        int tick = open.IndexOf('`', StringComparison.Ordinal);
        return $"{(tick < 0 ? open : open[..tick])}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>";
    }
}
