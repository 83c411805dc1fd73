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
public sealed partial record MultiprocOptions
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
    [NotInFile]
    public IReadOnlyList<Reducer> Reducers { get; init; } = [];

    /// <summary>Settings of the actor systems of this program's processes, in HOCON; default empty. They go before those that this library makes itself.</summary>
    /// <remarks>
    /// For example <c>"akka.loglevel = DEBUG"</c>. A process reads them when its first actor is started; afterwards they change nothing there. A process that
    /// only uses the objects of others starts no actor.
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
