using Multiproc.Configuration;

namespace Multiproc;

/// <summary>Holds the settings of this library for a program and its children; <see cref="Mp.Configure"/> applies them.</summary>
/// <remarks>The file <c>hocon/reference.conf</c> lists every key with its default and the reason for it.</remarks>
/// <example>
/// <code>
/// Mp.Configure(MultiprocOptions.Load("app.conf"));
/// Mp.Configure(new MultiprocOptions { Pool = new PoolOptions { MaxInFlight = 64 } });
/// </code>
/// </example>
public sealed partial record MultiprocOptions
{
    /// <summary>Settings of connections between processes.</summary>
    public ConnectionOptions Connections { get; init; } = new();

    /// <summary>Settings of the processes that <see cref="StartMethod.ForkServer"/> keeps ready.</summary>
    public WarmHostOptions WarmHosts { get; init; } = new();

    /// <summary>Settings of pools that are created without options of their own.</summary>
    public PoolOptions Pool { get; init; } = new();

    /// <summary>Settings of managers.</summary>
    public ManagerOptions Manager { get; init; } = new();

    /// <summary>
    /// Custom serialization of some types; default none. Cannot be set in a settings file. See docs/serialization.md for the default serialization.
    /// </summary>
    /// <remarks>
    /// <see cref="Mp.Configure"/> throws <see cref="InvalidOperationException"/> if an object of such a type has already been sent in another form. A program
    /// that connects to a manager of another program must have the same reducers as that program.
    /// </remarks>
    [NotInFile]
    public IReadOnlyList<Reducer> Reducers { get; init; } = [];

    /// <summary>
    /// Akka.NET settings, in HOCON, for the actor systems of this program's processes; default empty. They override the ones that this library sets.
    /// </summary>
    /// <remarks>
    /// For example <c>"akka.loglevel = DEBUG"</c>. A process reads them when its first actor starts; later changes have no effect there. A process that
    /// only uses objects of other processes starts no actor.
    /// </remarks>
    [NotInFile]
    public string Akka { get; init; } = "";

    internal void Validate()
    {
        Connections.Validate();
        WarmHosts.Validate();
        Pool.Validate();
        Manager.Validate();
    }
}
