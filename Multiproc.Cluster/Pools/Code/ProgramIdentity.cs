using Multiproc.Serialization;

namespace Multiproc.Cluster.Pools;

/// <summary>The program whose code workers run: its runtime, and each of its assemblies with the id that its build has.</summary>
/// <param name="Name">The name of its main assembly.</param>
/// <param name="Runtime">The version of .NET.</param>
/// <param name="Assemblies">Its assemblies by name, with their module ids.</param>
/// <param name="Files">What a node must have to run it, if that is known.</param>
internal sealed record ProgramIdentity(string Name, string Runtime, IReadOnlyDictionary<string, Guid> Assemblies, IReadOnlyList<ProgramFile> Files)
{
    private const int MostNamed = 3;

    /// <summary>Says why code of this program cannot run in a process of another one, on the node there; null if it can.</summary>
    /// <param name="node">The other program.</param>
    /// <param name="address">Where it runs.</param>
    public string? ProblemAt(ProgramIdentity node, string address)
    {
        if (node.Runtime != Runtime)
        {
            return $"{address} runs on .NET {node.Runtime}, and the program of the pool on .NET {Runtime}: install the same version.";
        }

        string[] missing = [.. Assemblies.Keys.Where(name => !node.Assemblies.ContainsKey(name)).Order(StringComparer.Ordinal)];
        string[] other = [.. Assemblies.Where(each => node.Assemblies.TryGetValue(each.Key, out var id) && id != each.Value)
            .Select(static each => each.Key).Order(StringComparer.Ordinal)];
        if (missing.Length + other.Length == 0)
        {
            return null;
        }

        string what = string.Join(
            " and ",
            new[]
            {
                other.Length == 0 ? null : $"another build of {Named(other)}", missing.Length == 0 ? null : $"no {Named(missing)}",
            }.OfType<string>());
        return $"{address} runs {node.Name} and has {what}, which the program of the pool, {Name}, uses: run the same build of one program on all nodes, or "
            + "start the node as 'multiproc-host node --accept-code'.";
    }

    public void WriteTo(WireWriter writer)
    {
        writer.String(Name);
        writer.String(Runtime);
        writer.VarUInt((uint)Assemblies.Count);
        foreach (var (name, id) in Assemblies)
        {
            writer.String(name);
            id.TryWriteBytes(writer.Take(16));
        }

        writer.VarUInt((uint)Files.Count);
        foreach (var file in Files)
        {
            file.WriteTo(writer);
        }
    }

    public static ProgramIdentity ReadFrom(ref WireReader reader)
    {
        string name = reader.String();
        string runtime = reader.String();
        var assemblies = new Dictionary<string, Guid>(StringComparer.Ordinal);
        for (int left = reader.Count(atLeast: 17); left > 0; left--)
        {
            assemblies[reader.String()] = new Guid(reader.Raw(16));
        }

        var files = new ProgramFile[reader.Count(atLeast: 1 + ProgramFile.HashBytes)];
        for (int i = 0; i < files.Length; i++)
        {
            files[i] = ProgramFile.ReadFrom(ref reader);
        }

        return new ProgramIdentity(name, runtime, assemblies, files);
    }

    private static string Named(string[] names) => names.Length <= MostNamed
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(MostNamed))} and {names.Length - MostNamed} more";
}
