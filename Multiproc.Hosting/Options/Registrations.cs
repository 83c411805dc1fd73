namespace Multiproc.Hosting.Configuration;

/// <summary>The pools and managers that a program has added, by name.</summary>
internal sealed class Registrations
{
    public Dictionary<string, PoolRegistration> Pools { get; } = new(StringComparer.OrdinalIgnoreCase);

    public Dictionary<string, ManagerRegistration> Managers { get; } = new(StringComparer.OrdinalIgnoreCase);
}

/// <summary>A pool that was added.</summary>
/// <param name="Name">Its name, and the key of its service.</param>
/// <param name="Begin">
/// Makes the initializer of its workers, out of the settings that are sent to them and the program's own; null for workers without services.
/// </param>
internal sealed record PoolRegistration(string Name, Func<KeyValuePair<string, string?>[], Action?, Action>? Begin)
{
    public bool HasServices => Begin is not null;
}

/// <summary>A manager that was added.</summary>
/// <param name="Name">Its name, and the key of its service.</param>
/// <param name="Service">The type of its service.</param>
/// <param name="Make">Makes a manager that is neither started nor connected.</param>
internal sealed record ManagerRegistration(string Name, Type Service, Func<IServiceProvider, HostedManagerOptions, BaseManager> Make);
