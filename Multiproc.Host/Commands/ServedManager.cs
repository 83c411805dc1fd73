using System.Reflection;
using System.Runtime.Loader;

namespace Multiproc.Host.Commands;

/// <summary>Interprets the options of the manager command.</summary>
internal static class ServedManager
{
    /// <exception cref="ArgumentException">The text is not an address.</exception>
    public static ManagerAddress ParseAddress(string text)
    {
        int colon = text.LastIndexOf(':');
        if (!text.Contains('/', StringComparison.Ordinal) && colon > 0 && ushort.TryParse(text.AsSpan(colon + 1), out ushort port))
        {
            return new ManagerAddress(text[..colon].Trim('[', ']'), port);
        }

        return text.Contains('/', StringComparison.Ordinal)
            ? ManagerAddress.Local(text)
            : throw new ArgumentException($"'{text}' is not an address: give host:port, such as 127.0.0.1:50000, or the path of a socket with a '/'.");
    }

    /// <exception cref="ArgumentException">There is no such class, or there are several.</exception>
    public static Type FindClass(string? file, string? name)
    {
        if (file is null)
        {
            return name is null ? typeof(SyncManager) : throw new ArgumentException("--type needs --assembly, the file of the class.");
        }

        string path = Path.GetFullPath(file);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no assembly {path}.");
        }

        ProgramOfAssembly.GoOnAs(path);
        var dependencies = new AssemblyDependencyResolver(path);
        AssemblyLoadContext.Default.Resolving += (context, wanted) =>
            dependencies.ResolveAssemblyToPath(wanted) is { } found ? context.LoadFromAssemblyPath(found) : null;
        var classes = ManagersOf(AssemblyLoadContext.Default.LoadFromAssemblyPath(path))
            .Where(type => name is null || type.Name == name || type.FullName == name)
            .ToList();
        return classes switch
        {
            [var only] => only,
            [] => throw new ArgumentException($"{path} has no class {name ?? "derived from BaseManager"}{(name is null ? "" : " derived from BaseManager")}."),
            _ =>
                throw new ArgumentException(
                    $"{path} has several managers: choose one with --type: {string.Join(", ", classes.Select(static type => type.FullName))}."),
        };
    }

    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public static TlsOptions Tls(string? certificate, string? privateKey, string? authority, bool plain)
    {
        if (plain)
        {
            return certificate is null && privateKey is null && authority is null ? TlsOptions.Off : throw new ArgumentException("--plain turns TLS off: "
                + "omit the certificates or --plain.");
        }

        return (certificate, privateKey) switch
        {
            (null, null) =>
                authority is null ? TlsOptions.FromAuthKey : throw new ArgumentException("--authority needs --certificate and --private-key of the server."),
            ({ } own, { } key) => TlsOptions.FromFiles(own, key, authority),
            _ => throw new ArgumentException("--certificate and --private-key belong together."),
        };
    }

    private static IEnumerable<Type> ManagersOf(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(BaseManager)) && !type.IsAbstract);
        }
        catch (ReflectionTypeLoadException missing)
        {
            throw new ArgumentException($"{assembly.Location} needs an assembly that cannot be found: {missing.LoaderExceptions[0]?.Message}", missing);
        }
    }
}
