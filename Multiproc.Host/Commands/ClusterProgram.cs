using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Multiproc.Host.Commands;

/// <summary>
/// The commands for clusters, those that look into processes, and the torture run, which are a program of their own beside this one: a program for one machine
/// carries nothing of Akka.Cluster. It runs in this process, with its own dependencies.
/// </summary>
internal static class ClusterProgram
{
    private const string Name = "Multiproc.Cluster.Host";
    private const int NotInstalled = 2;

    public static int Run(string[] args)
    {
        string path = Path.Combine(AppContext.BaseDirectory, $"{Name}.dll");
        if (!File.Exists(path))
        {
            Console.Error.WriteLine($"multiproc-host: '{args[0]}' is a command of the tool multiproc-host: there is no {path}. "
                + "Install it by 'dotnet tool install --global multiproc-host', or reference the project Multiproc.Cluster.Host.");
            return NotInstalled;
        }

        var dependencies = new AssemblyDependencyResolver(path);
        AssemblyLoadContext.Default.Resolving += (context, wanted) =>
        {
            // What only settings name, as a plug-in of Akka, is a dependency of the program that this folder belongs to.
            string beside = Path.Combine(AppContext.BaseDirectory, $"{wanted.Name}.dll");
            string? found = dependencies.ResolveAssemblyToPath(wanted) ?? (File.Exists(beside) ? beside : null);
            return found is null ? null : context.LoadFromAssemblyPath(found);
        };
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, wanted) =>
            dependencies.ResolveUnmanagedDllToPath(wanted) is { } found ? NativeLibrary.Load(found) : 0;
        var entry = AssemblyLoadContext.Default.LoadFromAssemblyPath(path).EntryPoint!;
        return (int)entry.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [args], null)!;
    }
}
