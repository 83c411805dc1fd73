using Multiproc.Configuration;

namespace Multiproc;

/// <summary>The settings of this library for a whole program. Its children have the same.</summary>
/// <remarks>The file <c>hocon/reference.conf</c> lists every key with its default and the reason for it.</remarks>
/// <example>
/// <code>
/// Mp.Configure(MultiprocOptions.Load("app.conf"));
/// Mp.Configure(new MultiprocOptions { Pool = new PoolOptions { MaxInFlight = 64 } });
/// </code>
/// </example>
public sealed record MultiprocOptions
{
    /// <summary>What holds for connections between processes.</summary>
    public ConnectionOptions Connections { get; init; } = new();

    /// <summary>What holds for the processes that <see cref="StartMethod.ForkServer"/> keeps ready.</summary>
    public WarmHostOptions WarmHosts { get; init; } = new();

    /// <summary>What holds for pools that are made without options of their own.</summary>
    public PoolOptions Pool { get; init; } = new();

    /// <summary>What holds for managers.</summary>
    public ManagerOptions Manager { get; init; } = new();

    /// <summary>In what form objects of some types are sent; default none: each as docs/serialization.md says. Not in the file of settings.</summary>
    /// <remarks>
    /// <see cref="Mp.Configure"/> throws <see cref="InvalidOperationException"/> when an object of such a type was sent before, in another form. A program
    /// that connects to a manager from elsewhere must have the same reducers as that.
    /// </remarks>
    public IReadOnlyList<Reducer> Reducers { get; init; } = [];

    /// <summary>Reads settings from a file in HOCON's JSON form; keys that it does not name keep their defaults.</summary>
    /// <param name="path">The file. Its settings stand under the key <c>multiproc</c>; comments begin with <c>//</c>.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidOperationException">A key is unknown, or its value is not of its kind; the message names it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static MultiprocOptions Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var options = OptionsFile.Read(Path.GetFullPath(path));
        options.Validate();
        return options;
    }

    internal void Validate()
    {
        Connections.Validate();
        WarmHosts.Validate();
        Pool.Validate();
        Manager.Validate();
    }
}
